import { Unverifiable } from "../../model/outcome.js";
import { bytesOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { statusOfCommand } from "../command/background.js";
import { eventRun } from "../event-run.js";
import { realDaemon } from "../real-daemon.js";
import { closedPort, ownService } from "../sandbox-ports.js";
import { listeningCommand } from "./listening-command.js";

/** Health, errors, metrics and the daemon's own proxy (`execd.md` 1, 7). */
export const daemonChecks = checkTopic(
  { part: "execd", topic: "daemon", group: "daemon", capability: "core" },
  {
    ping: {
      title: "ping answers 200, and an unknown route is 404",
      clauses: ["execd.ping", "execd.routes.unknown"],
      async run(context) {
        const execd = await context.execd();
        const answer = await execd.call({ method: "GET", path: "/ping" });
        context.must(statusOf(answer) === 200, { invariant: "ping-is-200", expected: 200, observed: statusOf(answer) });
        context.positive("ping is 200");
        const unknown = await execd.call({ method: "GET", path: `/${context.random.token()}` });
        context.must(statusOf(unknown) === 404, {
          clause: "execd.routes.unknown",
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("an unknown route is 404");
      },
    },
    errors: {
      title: "an error is a JSON object with a code and a message",
      clauses: ["execd.errors.envelope"],
      async run(context) {
        const execd = await context.execd();
        const refused = [
          await execd.call({ method: "POST", path: "/command", json: { command: "" } }),
          await execd.call({ method: "GET", path: `/files/info?path=/tmp/${context.random.token()}` }),
          await execd.call({ method: "GET", path: `/command/status/${context.random.token(32)}` }),
        ];
        for (const answer of refused) {
          const { code, message } = objectOf(answer);
          context.must(
            statusOf(answer) >= 400 && typeof code === "string" && code !== "" && typeof message === "string",
            {
              invariant: "code-and-message",
              expected: "code and message",
              observed: { status: statusOf(answer), code, message },
            },
          );
        }
        context.positive("three refusals have both");
        const good = await execd.call({ method: "GET", path: "/ping" });
        context.must(objectOf(good)["code"] === undefined, {
          invariant: "success-has-no-code",
          expected: "no code",
          observed: textOf(good).slice(0, 80),
        });
        context.negative("a success has no code");
      },
    },
    metrics: {
      title: "metrics are numbers within their bounds, and their time moves on",
      startsFirst: true,
      clauses: ["execd.metrics.shape"],
      capability: "metrics",
      async run(context) {
        const execd = await context.execd();
        const read = async (): Promise<Readonly<Record<string, number>>> =>
          objectOf(await execd.call({ method: "GET", path: "/metrics" })) as Readonly<Record<string, number>>;
        const first = await read();
        const {
          cpu_count: count = 0,
          cpu_used_pct: used = -1,
          mem_total_mib: total = 0,
          mem_used_mib: memory = -1,
          timestamp = 0,
        } = first;
        context.must(
          [count, used, total, memory, timestamp].every((value) => typeof value === "number" && Number.isFinite(value)),
          { invariant: "numbers", expected: "five numbers", observed: first },
        );
        context.must(
          count > 0 && used >= 0 && used <= 100 * Math.max(1, count) && total > 0 && memory >= 0 && memory <= total,
          { invariant: "within-bounds", expected: "used within total", observed: first },
        );
        context.positive("they are within their bounds");
        await realDaemon(context, execd);
        await context.pause(20);
        const second = await read();
        context.must((second["timestamp"] ?? 0) > timestamp && timestamp > 1_500_000_000_000, {
          invariant: "time-moves",
          expected: `milliseconds after ${timestamp}`,
          observed: second["timestamp"],
        });
        context.negative("two readings have two times");
      },
    },
    "metrics-watch": {
      title: "watched metrics come again and again until the client leaves",
      clauses: ["execd.metrics.watch"],
      capability: "metrics",
      depth: "standard",
      startsFirst: true,
      async run(context) {
        const execd = await context.execd();
        const readings = (text: string): readonly Readonly<Record<string, unknown>>[] =>
          text.split("\n").flatMap((line) => {
            const json = line.startsWith("data:") ? line.slice(5) : line;
            try {
              return json.trim() === "" ? [] : [JSON.parse(json) as Record<string, unknown>];
            } catch {
              // A line of which the rest is still coming.
              return [];
            }
          });
        const exchange = execd.open({ method: "GET", path: "/metrics/watch", idleMs: 30_000 });
        const seen = await exchange.until((soFar) => readings(textOf(soFar)).length >= 2);
        const list = readings(textOf(seen));
        context.must(statusOf(seen) === 200 && list.length >= 2, {
          invariant: "comes-again",
          expected: "two readings",
          observed: list.length,
        });
        context.positive("two readings came");
        const [first, second] = list.map((reading) => Number(reading["timestamp"]));
        context.must((second ?? 0) > (first ?? 0), {
          invariant: "time-moves",
          expected: `after ${first}`,
          observed: second,
        });
        context.negative("they are two readings and not one");
        exchange.hangUp();
      },
    },
    proxy: {
      title:
        "the daemon's proxy leads to what listens on the port, with method, path, query and body; elsewhere it is 502",
      clauses: ["execd.proxy.passes", "execd.proxy.unreachable"],
      depth: "standard",
      isAvailability: true,
      async run(context) {
        const execd = await context.execd();
        const { port, nonce } = ownService(context);
        const started = await eventRun(execd, "/command", { command: listeningCommand(port, nonce), background: true });
        context.defer("service", () => execd.call({ method: "DELETE", path: `/command?id=${started.id ?? ""}` }));
        const ask = () => execd.call({ method: "POST", path: `/proxy/${port}/a/b?x=1`, body: "body" });
        const answer = await context.waitUntil(
          ask,
          (seen) => statusOf(seen) === 203 && textOf(seen).startsWith(nonce),
          10_000,
        );
        if (statusOf(answer) !== 203 && (await statusOfCommand(execd, started.id ?? "")).exit_code === 69)
          throw new Unverifiable("the sandbox has no program that can listen");
        context.must(statusOf(answer) === 203 && textOf(answer) === `${nonce} /a/b?x=1 body`, {
          invariant: "passes",
          expected: `203 ${nonce} /a/b?x=1 body`,
          observed: `${statusOf(answer)} ${textOf(answer).slice(0, 80)}`,
        });
        context.positive("a service of the sandbox answered");
        const none = await execd.call({ method: "GET", path: `/proxy/${closedPort(context.random)}/` });
        context.must(statusOf(none) === 502, {
          clause: "execd.proxy.unreachable",
          invariant: "nothing-listens-is-502",
          expected: 502,
          observed: statusOf(none),
        });
        context.negative("a port on which nothing listens is 502");
      },
    },
    token: {
      title: "a daemon with a token refuses calls without it with 401",
      clauses: ["execd.token.required", "X30"],
      async run(context) {
        const execd = await context.execd();
        const open = await execd.call({ method: "GET", path: "/ping", isAnonymous: true });
        if (statusOf(open) === 200) {
          const withToken = await execd.call({
            method: "GET",
            path: "/ping",
            headers: { "X-EXECD-ACCESS-TOKEN": context.random.token() },
          });
          context.must(statusOf(withToken) === 200, {
            invariant: "no-token-configured",
            expected: 200,
            observed: statusOf(withToken),
          });
          context.positive("the daemon has no token and takes any call");
          const unknown = await execd.call({ method: "GET", path: `/${context.random.token()}`, isAnonymous: true });
          context.must(statusOf(unknown) === 404, {
            invariant: "routes-still-count",
            expected: 404,
            observed: statusOf(unknown),
          });
          return context.negative("which is no matter of routes");
        }
        context.must(statusOf(open) === 401, { invariant: "without-is-401", expected: 401, observed: statusOf(open) });
        context.observe("X30", textOf(open).slice(0, 80));
        const run = await execd.call({
          method: "POST",
          path: "/command",
          json: { command: "true" },
          isAnonymous: true,
        });
        context.must(statusOf(run) === 401 && bytesOf(run).length < 10_000, {
          invariant: "every-route",
          expected: 401,
          observed: statusOf(run),
        });
        context.negative("calls without it are refused");
        const good = await execd.call({ method: "GET", path: "/ping" });
        context.must(statusOf(good) === 200, { invariant: "with-is-200", expected: 200, observed: statusOf(good) });
        context.positive("calls with it are not");
      },
    },
  },
);
