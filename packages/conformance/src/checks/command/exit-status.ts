import { judgeExit } from "../../oracles/exit-oracle.js";
import type { CheckContext } from "../../model/check-context.js";
import { checkTopic } from "../check-topic.js";
import { type EventRun, eventRun, exitOf, linesOf } from "../event-run.js";

function reported(run: EventRun): number | string {
  const exit = exitOf(run);
  return exit.kind === "unknown" ? exit.reason : exit.code;
}

function stopped(context: CheckContext, run: EventRun, invariant: string): void {
  const found = judgeExit({ stopped: true }, exitOf(run))[0];
  context.must(found === undefined, {
    invariant: found?.invariant === "no-end" ? "no-end" : invariant,
    expected: "a signal, 128 and more, or an envelope",
    observed: found?.observed,
  });
}

/** Exit status of foreground commands (`execd.md` 2.4): a lattice of known codes, signals, and what is unknown. */
export const commandExitChecks = checkTopic(
  { part: "execd", topic: "command-exit", group: "commands", capability: "core" },
  {
    code: {
      title: "a foreground command that exits with N reports N",
      clauses: ["execd.exit.code"],
      async run(context) {
        const execd = await context.execd();
        const codes = context.size(
          [1, context.random.integer(3, 120), 128 + context.random.integer(1, 100)],
          [1, 2, 3, 126, 127, 128, 200, 255],
          [1, 2, 3, 64, 126, 127, 128, 129, 200, 254, 255],
        );
        const runs = await Promise.all(codes.map((code) => eventRun(execd, "/command", { command: `exit ${code}` })));
        runs.forEach((run, index) => {
          context.must(Number(run.end?.error?.evalue) === codes[index], {
            invariant: "wrong-exit",
            expected: codes[index],
            observed: reported(run),
          });
        });
        context.positive(`exit ${codes.join(", ")} are reported`);
        context.must(new Set(runs.map(reported)).size === codes.length, {
          invariant: "codes-differ",
          expected: codes,
          observed: runs.map(reported),
        });
        context.negative("they are told from each other");
      },
    },
    zero: {
      title: "success is execution_complete, and a failure is not",
      clauses: ["execd.exit.zero"],
      async run(context) {
        const execd = await context.execd();
        const [zero, one] = await Promise.all([
          eventRun(execd, "/command", { command: `echo ${context.random.token()}` }),
          eventRun(execd, "/command", { command: "false" }),
        ]);
        context.must(zero.end?.type === "execution_complete", {
          invariant: "zero-is-completion",
          expected: "execution_complete",
          observed: zero.end?.type,
        });
        context.positive("a command that succeeds ends in execution_complete");
        context.must(one.end !== undefined && one.end.type !== "execution_complete", {
          invariant: "failure-is-no-completion",
          expected: "error",
          observed: one.end?.type,
        });
        context.negative("one that fails does not");
        context.observe("X06", zero.end?.execution_time === undefined ? "left out" : "written");
      },
    },
    "of-pipeline": {
      title: "the status is that of the shell, not of what it started",
      clauses: ["execd.exit.code"],
      async run(context) {
        const execd = await context.execd();
        const [masked, last, unknown] = await Promise.all([
          eventRun(execd, "/command", { command: "false; true" }),
          eventRun(execd, "/command", { command: "true | (exit 23)" }),
          eventRun(execd, "/command", { command: `no-such-program-${context.random.token()}` }),
        ]);
        context.must(reported(masked) === 0, { invariant: "last-counts", expected: 0, observed: reported(masked) });
        context.must(reported(last) === 23, { invariant: "wrong-exit", expected: 23, observed: reported(last) });
        context.positive("the last command of the script counts");
        context.must(reported(unknown) === 127, {
          invariant: "unknown-program",
          expected: 127,
          observed: reported(unknown),
        });
        context.must(linesOf(unknown, "stderr").length > 0, {
          invariant: "says-so",
          expected: "a line on stderr",
          observed: linesOf(unknown, "stdout"),
        });
        context.negative("an unknown program is 127 and says so");
      },
    },
    signal: {
      title: "death by a signal is an error and never a success",
      clauses: ["execd.exit.signal"],
      async run(context) {
        const execd = await context.execd();
        for (const [name, signal] of [
          ["KILL", 9],
          ["TERM", 15],
          ["SEGV", 11],
        ] as const) {
          const run = await eventRun(execd, "/command", { command: `kill -${name} $$` });
          const found = judgeExit({ signal }, exitOf(run))[0];
          context.must(found === undefined, {
            invariant: found?.invariant === "no-end" ? "no-end" : "signal-is-error",
            expected: `signalled or ${128 + signal}`,
            observed: found?.observed,
          });
        }
        context.positive("KILL, TERM and SEGV are told");
        const child = await eventRun(execd, "/command", { command: "sh -c 'kill -9 $$'; echo after=$?" });
        context.must(reported(child) === 0 && linesOf(child, "stdout").includes("after=137"), {
          invariant: "child-is-not-shell",
          expected: "after=137, then success",
          observed: [reported(child), ...linesOf(child, "stdout")],
        });
        context.negative("a child that was killed is no death of the shell");
      },
    },
    timeout: {
      title: "a command that runs longer than its timeout is ended, with what it started, and does not succeed",
      startsFirst: true,
      clauses: ["execd.exit.timeout", "X68"],
      async run(context) {
        const execd = await context.execd();
        const marker = `/tmp/${context.random.token()}`;
        const run = await eventRun(execd, "/command", {
          command: `(sleep 1; touch ${marker}) & echo on; sleep 30; echo never`,
          timeout: 300,
        });
        context.must(run.end !== undefined, { invariant: "ended", expected: "an end", observed: run.exchange.end });
        stopped(context, run, "timeout-is-no-success");
        context.must(!linesOf(run, "stdout").includes("never"), {
          invariant: "stopped",
          expected: ["on"],
          observed: linesOf(run, "stdout"),
        });
        context.positive("it ended early and not as a success");
        context.observe("X13", run.end?.error?.traceback?.join(" ") ?? run.end?.message ?? "");
        await context.pause(Math.max(0, 1_300 - (run.exchange.chunks.at(-1)?.atMs ?? 0)));
        const left = await eventRun(execd, "/command", { command: `test -e ${marker}` });
        context.must(reported(left) === 1, { invariant: "children-end", expected: 1, observed: reported(left) });
        context.negative("its child did not go on");
      },
    },
    "timeout-not-early": {
      title: "no command is ended before its timeout, and a timeout of 0 means no timeout",
      startsFirst: true,
      clauses: ["execd.exit.timeout-not-early", "X26"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const [within, zero, beyond] = await Promise.all([
          eventRun(execd, "/command", { command: `sleep 0.4; echo ${nonce}`, timeout: 60_000 }),
          eventRun(execd, "/command", { command: `sleep 0.2; echo ${nonce}`, timeout: 0 }),
          eventRun(execd, "/command", { command: "sleep 20", timeout: 700 }),
        ]);
        for (const run of [within, zero])
          context.must(reported(run) === 0 && linesOf(run, "stdout").includes(nonce), {
            invariant: "not-early",
            expected: nonce,
            observed: [reported(run), ...linesOf(run, "stdout")],
          });
        context.positive("commands within their time ran to their end");
        const at = beyond.exchange.chunks.at(-1)?.atMs ?? 0;
        context.must(beyond.end?.type !== "execution_complete" && at >= 650, {
          invariant: "not-before-its-time",
          expected: "ended after 700 ms",
          observed: `${beyond.end?.type ?? "no end"} after ${Math.round(at)} ms`,
        });
        context.negative("one beyond its time was ended then");
      },
    },
  },
);
