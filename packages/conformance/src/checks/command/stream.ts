import { checkTopic } from "../check-topic.js";
import { eventRun, isEnd, linesOf } from "../event-run.js";

/** The event stream of foreground commands (`execd.md` 2). */
export const commandStreamChecks = checkTopic(
  { part: "execd", topic: "command-stream", group: "commands", capability: "core" },
  {
    "init-first": {
      title: "the first frame is init with the id of the command, and there is only one",
      clauses: ["execd.stream.init"],
      async run(context) {
        const execd = await context.execd();
        const runs = [await eventRun(execd, "/command", { command: "true" }), await eventRun(execd, "/command", { command: "exit 4" })];
        const ids = runs.map((run) => run.frames[0]?.text);
        for (const run of runs) {
          context.must(run.frames[0]?.type === "init", { invariant: "first-is-init", expected: "init", observed: run.frames[0]?.type });
          const inits = run.frames.filter((frame) => frame.type === "init").length;
          context.must(inits === 1, { invariant: "one-init", expected: 1, observed: inits });
        }
        context.positive("two runs began with init");
        context.must(typeof ids[0] === "string" && ids[0] !== "" && ids[0] !== ids[1], { invariant: "own-id", expected: "two different ids", observed: ids });
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
          context.must(ends > 0, { invariant: "no-end", expected: "one end", observed: run.frames.map((frame) => frame.type) });
          context.must(ends === 1, { invariant: "second-end", expected: 1, observed: run.frames.map((frame) => frame.type) });
          context.must(run.frames.at(-1) === run.end, { invariant: "frame-after-end", expected: run.end?.type, observed: run.frames.at(-1)?.type });
          context.must(linesOf(run, "stdout").join("\n") === nonce, { invariant: "output-before-end", expected: nonce, observed: linesOf(run, "stdout") });
        }
        context.positive("the output of both runs came before their ends");
        context.must(good.end?.type === "execution_complete" && bad.end?.type === "error", { invariant: "kind-of-end", expected: ["execution_complete", "error"], observed: [good.end?.type, bad.end?.type] });
        context.negative("success and failure end differently");
      },
    },
  },
);
