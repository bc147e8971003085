import { judgeExit } from "../../oracles/exit-oracle.js";
import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { exitOf, linesOf, liveRun } from "../event-run.js";
import { openSession, sessionLines, sessionRun } from "./open-session.js";

/** How runs are ended by a timeout, and sessions by a delete (`execd.md` 4). */
export const sessionEndChecks = checkTopic(
  { part: "execd", topic: "session", group: "sessions", capability: "sessions" },
  {
    timeout: {
      title: "a session run that outlives its timeout ends as no success, and the session stays",
      startsFirst: true,
      clauses: ["execd.session.timeout"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const run = await sessionRun(execd, id, { command: "echo on; exec sleep 20", timeout: 500 });
        const found = judgeExit({ stopped: true }, exitOf(run))[0];
        context.must(found === undefined, {
          invariant: found?.invariant === "no-end" ? "no-end" : "timeout-is-no-success",
          expected: "an envelope or a signal",
          observed: found?.observed,
        });
        context.positive("it ended, and not as a success");
        const after = await sessionRun(execd, id, { command: "echo fine", timeout: 60_000 });
        context.must(after.end?.type === "execution_complete" && linesOf(after, "stdout").join() === "fine", {
          invariant: "session-stays",
          expected: "fine",
          observed: linesOf(after, "stdout"),
        });
        context.negative("a run within its time is not ended");
      },
    },
    "timeout-with-child": {
      title: "a timeout is kept while a child still holds the output",
      clauses: ["X20"],
      depth: "standard",
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const run = await sessionRun(execd, id, { command: "sleep 6; echo never", timeout: 500 });
        const at = run.exchange.endedAtMs;
        context.must(run.end !== undefined && run.end.type !== "execution_complete", {
          invariant: "no-success",
          expected: "no success",
          observed: run.end?.type,
        });
        context.must(at < 5_500, {
          invariant: "kept",
          expected: "an end before the child's",
          observed: `${Math.round(at)} ms`,
        });
        context.positive("the run ended before its child would have");
        context.must(!linesOf(run, "stdout").includes("never"), {
          invariant: "stopped",
          expected: [],
          observed: linesOf(run, "stdout"),
        });
        context.negative("nothing was written after the timeout");
      },
    },
    delete: {
      title: "a deleted session runs no more, deleting it again or an unknown one is 404, and others stay",
      clauses: ["execd.session.delete", "execd.session.delete-unknown", "X21"],
      async run(context) {
        const execd = await context.execd();
        const [gone, stays] = [await openSession(context, execd), await openSession(context, execd)];
        await sessionRun(execd, gone, { command: "true" });
        const deleted = await execd.call({ method: "DELETE", path: `/session/${gone}` });
        context.must(statusOf(deleted) === 200, { invariant: "deleted", expected: 200, observed: statusOf(deleted) });
        const run = await execd.call({ method: "POST", path: `/session/${gone}/run`, json: { command: "true" } });
        context.must(statusOf(run) >= 400, {
          invariant: "runs-no-more",
          expected: "4xx or 5xx",
          observed: statusOf(run),
        });
        context.observe("X21", String(statusOf(run)));
        for (const id of [gone, context.random.token(32)]) {
          const again = await execd.call({ method: "DELETE", path: `/session/${id}` });
          context.must(statusOf(again) === 404, {
            clause: "execd.session.delete-unknown",
            invariant: "unknown-is-404",
            expected: 404,
            observed: statusOf(again),
          });
        }
        context.negative("it is gone, and deleting it again is 404");
        context.must((await sessionLines(execd, stays, "echo here")) === "here", {
          invariant: "others-stay",
          expected: "here",
          observed: "another answer",
        });
        context.positive("the other session runs on");
      },
    },
    "delete-running": {
      title: "deleting a session ends its run, and not as a success",
      clauses: ["execd.session.delete-running"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const run = liveRun(execd, `/session/${id}/run`, { command: "echo on; sleep 30; echo never" });
        await run.until((soFar) => linesOf(soFar, "stdout").includes("on"));
        const deleted = await execd.call({ method: "DELETE", path: `/session/${id}` });
        context.must(statusOf(deleted) === 200, { invariant: "deleted", expected: 200, observed: statusOf(deleted) });
        const ended = await run.finished();
        context.must(ended.end !== undefined && ended.end.type !== "execution_complete", {
          invariant: "run-ends",
          expected: "an end that is not a success",
          observed: ended.end?.type ?? ended.exchange.end,
        });
        context.positive("the run ended");
        context.must(!linesOf(ended, "stdout").includes("never"), {
          invariant: "stopped",
          expected: ["on"],
          observed: linesOf(ended, "stdout"),
        });
        context.negative("it did not go on");
      },
    },
  },
);
