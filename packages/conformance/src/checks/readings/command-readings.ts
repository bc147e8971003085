import { objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { statusOfCommand } from "../command/background.js";
import { eventRun, exitOf, linesOf, liveRun } from "../event-run.js";
import { observedDaemon } from "./daemon-control.js";

/** What commands do where nothing is promised (`execd.md` 2, 3). */
export const commandReadings = checkTopic(
  { part: "execd", topic: "command-readings", group: "commands", capability: "core", level: "INFO" },
  {
    stream: {
      title: "what streams of commands have besides what is promised",
      clauses: ["execd.stream.timestamps", "X05", "X06", "X09"],
      async run(context) {
        const execd = await observedDaemon(context);
        const quick = await eventRun(execd, "/command", { command: "true" }, { toEndOfBody: true });
        const now = Date.now();
        context.observe(
          "execd.stream.timestamps",
          quick.frames.every(({ timestamp }) => typeof timestamp === "number" && Math.abs(timestamp - now) < 86_400_000)
            ? "milliseconds in every frame"
            : "not in every frame",
        );
        const endAt =
          quick.exchange.chunks.find(({ bytes }) => Buffer.from(bytes).includes("execution_complete"))?.atMs ?? 0;
        context.observe("X05", `${Math.round(quick.exchange.endedAtMs - endAt)} ms`);
        context.observe("X06", quick.end?.execution_time === undefined ? "left out" : String(quick.end.execution_time));
        const run = liveRun(execd, "/command", { command: "printf begun; sleep 0.6; echo ' done'" });
        const first = await run.until((soFar) => linesOf(soFar, "stdout").length > 0);
        context.observe(
          "X09",
          linesOf(first, "stdout")[0] === "begun" ? "it arrives while the command runs" : "it waits for its end",
        );
        await run.ended();
      },
    },
    ends: {
      title: "what is left of commands that were ended, left alone or could not start",
      clauses: ["X13", "X14", "X15", "X59", "X60"],
      depth: "standard",
      async run(context) {
        const execd = await observedDaemon(context);
        const nonce = context.random.token();
        const [timedOut, killed] = [
          await eventRun(execd, "/command", { command: "sleep 20", timeout: 200 }),
          await eventRun(execd, "/command", { command: "kill -KILL $$" }),
        ];
        context.observe(
          "X13",
          JSON.stringify(timedOut.end?.error) === JSON.stringify(killed.end?.error)
            ? "a timeout and a kill are the same"
            : "they differ",
          [exitOf(timedOut), exitOf(killed)],
        );
        const left = liveRun(execd, "/command", { command: `echo on; sleep 0.5; touch /tmp/${nonce}-left` });
        await left.until((soFar) => linesOf(soFar, "stdout").includes("on"));
        left.hangUp();
        await eventRun(execd, "/command", {
          command: `sleep 0.2 & (sleep 1; touch /tmp/${nonce}-child) & echo`,
          background: true,
        });
        await context.pause(1_600);
        const seen = linesOf(
          await eventRun(execd, "/command", { command: `ls -d /tmp/${nonce}-*; rm -f /tmp/${nonce}-*` }),
          "stdout",
        ).join();
        context.observe("X14", seen.includes(`${nonce}-left`) ? "it runs on" : "it ends with its client");
        context.observe("X15", seen.includes(`${nonce}-child`) ? "they outlive it" : "they end with it");
        const refused = await eventRun(execd, "/command", { command: "true", uid: 4_294_967_294 });
        context.observe(
          "X59",
          refused.id === undefined
            ? `refused with ${statusOf(refused.exchange)}`
            : String(statusOf(await execd.call({ method: "GET", path: `/command/status/${refused.id}` }))),
        );
        const background = await eventRun(execd, "/command", { command: "sleep 1", background: true });
        context.observe(
          "X60",
          String(statusOf(await execd.call({ method: "GET", path: `/command/status/${background.id ?? ""}` }))),
        );
      },
    },
    unknown: {
      title: "unknown command ids are 404 on status and logs",
      clauses: ["X12", "X63"],
      level: "SHOULD",
      async run(context) {
        const execd = await context.execd();
        const started = await eventRun(execd, "/command", { command: "echo here", background: true });
        const known = await context.waitUntil(
          () => statusOfCommand(execd, started.id ?? "").catch(() => undefined),
          (seen) => seen?.running === false,
          5_000,
        );
        context.must(known?.exit_code === 0, { invariant: "known-is-told", expected: 0, observed: known });
        context.positive("a known command is told");
        const unknown = context.random.token(32);
        const answers = [
          await execd.call({ method: "GET", path: `/command/status/${unknown}` }),
          await execd.call({ method: "GET", path: `/command/${unknown}/logs` }),
        ];
        context.observe(
          "X63",
          answers.map(statusOf).join(),
          answers.map((answer) => objectOf(answer)["code"]),
        );
        context.should(
          answers.every((answer) => statusOf(answer) === 404),
          { clause: "X12", invariant: "unknown-is-404", expected: [404, 404], observed: answers.map(statusOf) },
        );
        context.must(
          answers.every((answer) => statusOf(answer) >= 400),
          { invariant: "unknown-is-refused", expected: "4xx or 5xx", observed: answers.map(statusOf) },
        );
        context.negative("an unknown one is not");
      },
    },
  },
);
