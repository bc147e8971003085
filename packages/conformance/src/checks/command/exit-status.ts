import { checkTopic } from "../check-topic.js";
import { type EventRun, eventRun } from "../event-run.js";

function reported(run: EventRun): number | "lost" | string {
  if (run.end === undefined) return "lost";
  return run.end.type === "error" ? (run.end.error?.evalue ?? "") : run.end.type === "execution_complete" ? 0 : "envelope";
}

/** Exit status of foreground commands (`execd.md` 2.4). */
export const commandExitChecks = checkTopic(
  { part: "execd", topic: "command-exit", group: "commands", capability: "core" },
  {
    code: {
      title: "a foreground command that exits with N reports N, and 0 as completion",
      clauses: ["execd.exit.code", "execd.exit.zero"],
      async run(context) {
        const execd = await context.execd();
        const zero = await eventRun(execd, "/command", { command: `echo ${context.random.token()}` });
        context.must(reported(zero) === 0, { clause: "execd.exit.zero", invariant: "zero-is-completion", expected: 0, observed: reported(zero) });
        context.positive("a command that succeeds ends in execution_complete");
        const codes = context.size([1, context.random.integer(3, 120), 128 + context.random.integer(1, 100)], [1, 2, 3, 126, 127, 128, 200, 255], [1, 2, 3, 64, 126, 127, 128, 129, 200, 254, 255]);
        for (const code of codes) {
          const run = await eventRun(execd, "/command", { command: `exit ${code}` });
          context.must(Number(reported(run)) === code, { invariant: "wrong-exit", expected: code, observed: reported(run) });
        }
        context.negative(`exit ${codes.join(", ")} were told apart from success`);
      },
    },
  },
);
