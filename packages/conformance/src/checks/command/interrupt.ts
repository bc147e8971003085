import { judgeExit } from "../../oracles/exit-oracle.js";
import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, exitOf, linesOf, liveRun } from "../event-run.js";
import { finishedStatus } from "./background.js";

/** `DELETE /command` (`execd.md` 3.2). */
export const interruptChecks = checkTopic(
  { part: "execd", topic: "interrupt", group: "commands", capability: "core" },
  {
    stops: {
      title: "an interrupted command ends, with what it started, and does not succeed; others keep running",
      startsFirst: true,
      clauses: ["execd.interrupt.stops"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const other = liveRun(execd, "/command", { command: `sleep 1; echo ${nonce}` });
        const run = liveRun(execd, "/command", { command: "echo on; sleep 30; echo never" });
        await other.started();
        const { id } = await run.started();
        await run.until((soFar) => linesOf(soFar, "stdout").includes("on"));
        const answer = await execd.call({ method: "DELETE", path: `/command?id=${id}` });
        context.must(statusOf(answer) === 200, { invariant: "accepted", expected: 200, observed: statusOf(answer) });
        const ended = await run.ended();
        const found = judgeExit({ stopped: true }, exitOf(ended))[0];
        context.must(found === undefined, {
          invariant: found?.invariant === "no-end" ? "no-end" : "no-success",
          expected: "a signal or 128 and more",
          observed: found?.observed,
        });
        context.must(!linesOf(ended, "stdout").includes("never"), {
          invariant: "stopped",
          expected: ["on"],
          observed: linesOf(ended, "stdout"),
        });
        context.positive("it ended and not as a success");
        const untouched = await other.ended();
        context.must(untouched.end?.type === "execution_complete" && linesOf(untouched, "stdout").join() === nonce, {
          invariant: "others-run-on",
          expected: nonce,
          observed: linesOf(untouched, "stdout"),
        });
        context.negative("the other command ran on");
      },
    },
    forces: {
      title: "a command that ignores the interrupt is ended anyway",
      clauses: ["execd.interrupt.forces"],
      depth: "standard",
      async run(context) {
        const execd = await context.execd();
        const run = liveRun(execd, "/command", {
          command: "trap '' TERM INT HUP; echo on; while true; do sleep 0.2; done",
        });
        const { id } = await run.started();
        await run.until((soFar) => linesOf(soFar, "stdout").includes("on"));
        const answer = await execd.call({ method: "DELETE", path: `/command?id=${id}` });
        context.must(statusOf(answer) === 200, { invariant: "accepted", expected: 200, observed: statusOf(answer) });
        const ended = await run.ended();
        context.must(ended.end !== undefined && ended.end.type !== "execution_complete", {
          invariant: "ended",
          expected: "an end that is not a success",
          observed: ended.end?.type ?? ended.exchange.end,
        });
        context.positive("it was ended");
        const after = await eventRun(execd, "/command", { command: "echo fine" });
        context.must(linesOf(after, "stdout").join() === "fine", {
          invariant: "daemon-goes-on",
          expected: "fine",
          observed: linesOf(after, "stdout"),
        });
        context.negative("a command after it runs as ever");
      },
    },
    trapped: {
      title: "a program that handles the interrupt ends with its own output and status",
      clauses: ["execd.interrupt.stops"],
      async run(context) {
        const execd = await context.execd();
        const run = liveRun(execd, "/command", {
          command: "trap 'echo bye; exit 42' TERM INT; echo on; while true; do sleep 0.1; done",
        });
        const { id } = await run.started();
        await run.until((soFar) => linesOf(soFar, "stdout").includes("on"));
        await execd.call({ method: "DELETE", path: `/command?id=${id}` });
        const ended = await run.ended();
        context.must(exitOf(ended).kind === "known" && Number(ended.end?.error?.evalue) === 42, {
          invariant: "own-status",
          expected: 42,
          observed: exitOf(ended),
        });
        context.positive("its own status came");
        context.must(linesOf(ended, "stdout").join() === "on,bye", {
          invariant: "own-output",
          expected: ["on", "bye"],
          observed: linesOf(ended, "stdout"),
        });
        context.negative("with what it wrote before and after");
      },
    },
    background: {
      title: "an interrupt ends a background command",
      clauses: ["execd.interrupt.stops"],
      async run(context) {
        const execd = await context.execd();
        const run = await eventRun(execd, "/command", { command: "sleep 60", background: true });
        const id = run.id ?? "";
        // It is registered only after its stream has begun (X60).
        const answer = await context.waitUntil(
          () => execd.call({ method: "DELETE", path: `/command?id=${id}` }),
          (seen) => statusOf(seen) === 200,
          5_000,
        );
        context.must(statusOf(answer) === 200, { invariant: "accepted", expected: 200, observed: statusOf(answer) });
        const status = await finishedStatus(context, execd, id);
        context.must(!status.running && status.exit_code !== 0, {
          invariant: "ended-as-failure",
          expected: "a finished failure",
          observed: status,
        });
        context.positive("it ended");
        const again = await execd.call({ method: "DELETE", path: `/command?id=${id}` });
        context.must(statusOf(again) >= 400, {
          invariant: "finished-is-refused",
          expected: "4xx or 5xx",
          observed: statusOf(again),
        });
        context.negative("interrupting what has finished is not a success");
      },
    },
    unknown: {
      title: "an interrupt without an id is 400, and one with an unknown id does not succeed",
      clauses: ["execd.interrupt.no-id", "execd.interrupt.unknown"],
      async run(context) {
        const execd = await context.execd();
        const run = liveRun(execd, "/command", { command: "sleep 0.5; echo fine" });
        await run.started();
        const none = await execd.call({ method: "DELETE", path: "/command" });
        context.must(statusOf(none) === 400, { invariant: "no-id-is-400", expected: 400, observed: statusOf(none) });
        const unknown = await execd.call({ method: "DELETE", path: `/command?id=${context.random.token(32)}` });
        context.must(statusOf(unknown) >= 400, {
          clause: "execd.interrupt.unknown",
          invariant: "unknown-refused",
          expected: "4xx or 5xx",
          observed: statusOf(unknown),
        });
        context.negative("both are refused");
        const ended = await run.ended();
        context.must(linesOf(ended, "stdout").join() === "fine", {
          invariant: "nothing-interrupted",
          expected: "fine",
          observed: linesOf(ended, "stdout"),
        });
        context.positive("a command that ran meanwhile was not interrupted");
      },
    },
  },
);
