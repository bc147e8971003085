import { judgeStream } from "../../oracles/stream-oracle.js";
import { judgeLiveness } from "../../oracles/liveness-oracle.js";
import { nameOf } from "../../oracles/stream-item.js";
import { headerOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, isEnd, linesOf, liveRun } from "../event-run.js";
import { realDaemon } from "../real-daemon.js";

/** The event stream of foreground commands (`execd.md` 2). */
export const commandStreamChecks = checkTopic(
  { part: "execd", topic: "command-stream", group: "commands", capability: "core" },
  {
    "init-first": {
      title: "the first frame is init with the id of the command, and there is only one",
      clauses: ["execd.stream.init"],
      async run(context) {
        const execd = await context.execd();
        const runs = [
          await eventRun(execd, "/command", { command: "true" }),
          await eventRun(execd, "/command", { command: "exit 4" }),
        ];
        const ids = runs.map((run) => run.frames[0]?.text);
        for (const run of runs) {
          const first = run.items[0] === undefined ? undefined : nameOf(run.items[0]);
          context.must(first === "init", { invariant: "first-is-init", expected: "init", observed: first });
          const inits = run.frames.filter((frame) => frame.type === "init").length;
          context.must(inits === 1, { invariant: "one-init", expected: 1, observed: inits });
        }
        context.positive("two runs began with init");
        await realDaemon(context, execd);
        context.must(typeof ids[0] === "string" && ids[0] !== "" && ids[0] !== ids[1], {
          invariant: "own-id",
          expected: "two different ids",
          observed: ids,
        });
        context.negative("the two ids differ");
      },
    },
    "one-end": {
      title: "exactly one end, and after it nothing but pings",
      clauses: ["X03"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const [good, bad] = await Promise.all([
          eventRun(execd, "/command", { command: `echo ${nonce}` }, { toEndOfBody: true }),
          eventRun(execd, "/command", { command: `echo ${nonce}; exit 7` }, { toEndOfBody: true }),
        ]);
        for (const run of [good, bad]) {
          const ends = run.frames.filter(isEnd).length;
          context.must(ends > 0, {
            invariant: "no-end",
            expected: "one end",
            observed: run.frames.map((frame) => frame.type),
          });
          context.must(ends === 1, {
            invariant: "second-end",
            expected: 1,
            observed: run.frames.map((frame) => frame.type),
          });
          context.must(run.frames.at(-1) === run.end, {
            invariant: "frame-after-end",
            expected: run.end?.type,
            observed: run.frames.at(-1)?.type,
          });
        }
        context.positive("both runs had one end, the last of their frames");
        context.must(good.end?.type === "execution_complete" && bad.end?.type === "error", {
          invariant: "kind-of-end",
          expected: ["execution_complete", "error"],
          observed: [good.end?.type, bad.end?.type],
        });
        context.negative("success and failure end differently");
      },
    },
    "content-type": {
      title: "an event stream is text/event-stream, and a refusal is not",
      clauses: ["execd.stream.content-type"],
      async run(context) {
        const execd = await context.execd();
        const { exchange } = await eventRun(execd, "/command", { command: "true" });
        const type = headerOf(exchange, "content-type") ?? "";
        context.must(statusOf(exchange) === 200 && /^text\/event-stream\b/i.test(type), {
          invariant: "event-stream",
          expected: "200 text/event-stream",
          observed: `${statusOf(exchange)} ${type}`,
        });
        context.positive("a run is answered as text/event-stream");
        const refused = await execd.call({ method: "POST", path: "/command", json: { command: "" } });
        const refusedType = headerOf(refused, "content-type") ?? "";
        context.must(!refusedType.startsWith("text/event-stream"), {
          invariant: "refusal-is-no-stream",
          expected: "another type",
          observed: refusedType,
        });
        context.negative("a refusal has another type");
      },
    },
    "frames-parse": {
      title: "every frame is one JSON object with a type whose fields have their types, or an envelope at the end",
      clauses: ["execd.stream.frames"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const commands = [
          `echo '${nonce} "quoted" \\back <tag> & ü'; echo ${nonce} >&2; exit 9`,
          `printf '\\001\\t%s\\n' ${nonce}`,
          "true",
        ];
        const runs = await Promise.all(
          commands.map((command) => eventRun(execd, "/command", { command }, { toEndOfBody: true })),
        );
        for (const { items } of runs) {
          const findings = judgeStream({ kind: "command", items, end: "client" });
          const found = findings.find(
            ({ level, invariant }) => level === "MUST" && ["malformed-frame", "field-type"].includes(invariant),
          );
          context.must(found === undefined, {
            invariant: found?.invariant ?? "malformed-frame",
            expected: found?.expected,
            observed: found?.observed,
          });
          const late = findings.find(({ invariant }) => invariant === "timestamp");
          context.observe(
            "execd.stream.timestamps",
            late === undefined ? "milliseconds in every frame" : `${String(late.observed)}`,
          );
        }
        context.positive(`${runs.reduce((sum, { items }) => sum + items.length, 0)} frames were read`);
        const [first] = runs;
        context.must(first !== undefined && linesOf(first, "stdout").join("\n").includes('"quoted" \\back <tag> & ü'), {
          invariant: "escapes-restored",
          expected: `${nonce} "quoted" \\back <tag> & ü`,
          observed: first === undefined ? [] : linesOf(first, "stdout"),
        });
        context.negative("characters that JSON escapes came back as they were written");
      },
    },
    framing: {
      title: "frames are bare JSON lines or server-sent events, the same in every stream",
      clauses: ["X01"],
      level: "disputed",
      async run(context) {
        const execd = await context.execd();
        const framings = (
          await Promise.all(["true", "exit 3"].map((command) => eventRun(execd, "/command", { command })))
        ).map(({ exchange }) => {
          const text = Buffer.concat(exchange.chunks.map(({ bytes }) => bytes)).toString("utf8");
          return /^\s*data:/m.test(text) ? "data:" : /^\s*\{/.test(text) ? "bare" : "neither";
        });
        context.observe("X01", framings[0] ?? "none", framings);
        context.must(new Set(framings).size === 1 && framings[0] !== "neither", {
          invariant: "one-framing",
          expected: "one of the two framings",
          observed: framings,
        });
        context.positive(`both streams are ${framings[0]}`);
        context.negative("neither stream is anything else");
      },
    },
    flushed: {
      title: "a line arrives while the command still runs",
      startsFirst: true,
      clauses: ["execd.stream.flushed"],
      isAvailability: true,
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const run = liveRun(execd, "/command", { command: `echo ${nonce}; sleep 2; echo late` });
        const early = await run.until((soFar) => linesOf(soFar, "stdout").includes(nonce) || soFar.end !== undefined);
        const lineAtMs = early.exchange.chunks.at(-1)?.atMs ?? 0;
        context.must(linesOf(early, "stdout").join() === nonce, {
          invariant: "line-before-end",
          expected: [nonce],
          observed: linesOf(early, "stdout"),
        });
        context.negative("the second line had not come yet");
        const whole = await run.ended();
        const aheadMs = (whole.exchange.chunks.at(-1)?.atMs ?? 0) - lineAtMs;
        context.must(linesOf(whole, "stdout").join() === `${nonce},late` && aheadMs >= 500, {
          invariant: "line-before-end",
          expected: "the first line at least 500 ms before the end",
          observed: `${Math.round(aheadMs)} ms`,
        });
        context.positive("the first line came while the command was sleeping");
        run.hangUp();
      },
    },
    "body-complete": {
      title: "the body of a stream ends as its framing announces, at the border of a frame",
      clauses: ["execd.stream.body-complete"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const { exchange, items, end } = await eventRun(
          execd,
          "/command",
          { command: `echo ${nonce}; exit 5` },
          { toEndOfBody: true },
        );
        context.must(exchange.end === "complete", {
          invariant: "ends-as-announced",
          expected: "complete",
          observed: exchange.end,
        });
        const cut = items.some((item) => nameOf(item) === "malformed");
        context.must(!cut && end !== undefined, {
          invariant: "ends-between-frames",
          expected: "a last frame that is whole",
          observed: items.map(nameOf),
        });
        context.positive("the body ended by its own framing after the last frame");
        await realDaemon(context, execd);
        const framed =
          headerOf(exchange, "transfer-encoding")?.toLowerCase() === "chunked" ||
          headerOf(exchange, "content-length") !== undefined;
        context.must(framed || headerOf(exchange, "connection")?.toLowerCase() === "close", {
          invariant: "announced",
          expected: "chunked, a length, or a connection that closes",
          observed: headerOf(exchange, "connection") ?? "none",
        });
        context.negative("an early end could have been told from this one");
        context.observe(
          "X05",
          "milliseconds from the end to the end of the body",
          Math.round(exchange.endedAtMs - (exchange.chunks.at(-1)?.atMs ?? exchange.endedAtMs)),
        );
      },
    },
    "quiet-pings": {
      title: "a stream that is quiet for seven seconds shows that it is alive",
      clauses: ["X04"],
      level: "SHOULD",
      depth: "standard",
      startsFirst: true,
      async run(context) {
        const execd = await context.execd();
        const { exchange, items, end } = await eventRun(
          execd,
          "/command",
          { command: "sleep 8; echo done" },
          { idleMs: 30_000 },
        );
        context.must(end?.type === "execution_complete", {
          invariant: "runs-to-end",
          expected: "execution_complete",
          observed: end?.type,
        });
        const found = judgeLiveness(exchange.chunks.map(({ atMs }) => atMs))[0];
        context.must(found === undefined, { invariant: "ping", expected: found?.expected, observed: found?.observed });
        context.positive(`${items.filter((item) => nameOf(item) === "ping").length} pings came in 8 quiet seconds`);
        context.must(linesOf({ exchange, items, end, frames: [], id: undefined }, "stdout").join() === "done", {
          invariant: "pings-are-no-output",
          expected: ["done"],
          observed: items.map(nameOf),
        });
        context.negative("the pings were no output");
      },
    },
    "left-in-output": {
      title: "a client that leaves while output comes takes nothing from the commands of others",
      clauses: ["X66"],
      depth: "standard",
      // Where it does, it would end the commands of other checks too.
      runsAlone: true,
      async run(context) {
        const execd = await context.execd();
        const tries = context.size(2, 3, 10);
        for (let at = 1; at <= tries; at++) {
          const nonce = context.random.token();
          const stays = liveRun(execd, "/command", { command: `echo on; sleep 1; echo ${nonce}` });
          const leaves = liveRun(execd, "/command", {
            command: "i=0; while [ $i -lt 150 ]; do echo more; i=$((i + 1)); sleep 0.02; done",
          });
          await Promise.all([
            stays.until((run) => linesOf(run, "stdout").includes("on")),
            leaves.until((run) => linesOf(run, "stdout").length > 2),
          ]);
          leaves.hangUp();
          const run = await stays.ended();
          context.must(run.end?.type === "execution_complete", {
            invariant: "other-runs-on",
            expected: "execution_complete",
            observed: run.end?.error ?? run.end?.type ?? run.exchange.end,
            times: { hits: 1, of: at },
          });
          context.must(linesOf(run, "stdout").join() === `on,${nonce}`, {
            invariant: "own-output-only",
            expected: ["on", nonce],
            observed: linesOf(run, "stdout"),
          });
        }
        context.positive("the commands whose clients stayed ended as they should");
        context.negative("nothing of those that were left was in their output");
      },
    },
    "other-client-gone": {
      title: "a client that leaves takes nothing from another one's stream",
      startsFirst: true,
      clauses: ["execd.command.parallel"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const stays = liveRun(execd, "/command", { command: `sleep 1; echo ${nonce}` });
        const leaves = liveRun(execd, "/command", { command: "sleep 1; echo gone" });
        await Promise.all([stays.started(), leaves.started()]);
        leaves.hangUp();
        const run = await stays.ended();
        context.must(run.end?.type === "execution_complete", {
          invariant: "other-runs-on",
          expected: "execution_complete",
          observed: run.end?.type ?? run.exchange.end,
        });
        context.positive("the run whose client stayed ended as it should");
        context.must(linesOf(run, "stdout").join() === nonce, {
          invariant: "own-output-only",
          expected: [nonce],
          observed: linesOf(run, "stdout"),
        });
        context.negative("nothing of the other run was in it");
      },
    },
  },
);
