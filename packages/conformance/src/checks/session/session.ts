import fc from "fast-check";
import { Blocked } from "../../model/outcome.js";
import { judgeExit } from "../../oracles/exit-oracle.js";
import { judgeStream } from "../../oracles/stream-oracle.js";
import { judgeText } from "../../oracles/text-oracle.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { printing } from "../command/output.js";
import { exitOf, linesOf } from "../event-run.js";
import { openSession, sessionLines, sessionRun } from "./open-session.js";

/** How many connections the check of lost runs keeps. */
const KEPT_CONNECTIONS = 3;

/** Sessions and their runs (`execd.md` 4). Blank lines and the names of the streams are unspecified. */
export const sessionChecks = checkTopic(
  { part: "execd", topic: "session", group: "sessions", capability: "sessions" },
  {
    create: {
      title: "a session is created with a new id, with and without a body",
      clauses: ["execd.session.create"],
      async run(context) {
        const execd = await context.execd();
        const first = await openSession(context, execd);
        const bare = await execd.call({ method: "POST", path: "/session" });
        const second = objectOf(bare)["session_id"];
        context.must(statusOf(bare) === 200 && typeof second === "string" && second !== "", {
          invariant: "created",
          expected: "200 with a session_id",
          observed: [statusOf(bare), second],
        });
        context.defer("session", () => execd.call({ method: "DELETE", path: `/session/${String(second)}` }));
        context.positive("both have an id");
        context.must(first !== second, { invariant: "own-id", expected: "two ids", observed: [first, second] });
        if ((await sessionLines(execd, first, "echo $((6 * 7))")) !== "42")
          throw new Blocked("running a command in a session");
        context.negative("the ids differ");
      },
    },
    run: {
      title: "a run in a session is an event stream with its output and one end",
      clauses: ["execd.session.run"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const nonce = context.random.token();
        const run = await sessionRun(execd, id, { command: `echo ${nonce}; printf 'two\\nlast'; exit 7` });
        const found = [
          ...judgeStream({
            kind: "session",
            items: run.items,
            end: run.exchange.end === "complete" ? "complete" : "truncated",
          }),
          ...judgeExit({ exited: 7 }, exitOf(run)),
        ].find(({ level }) => level === "MUST");
        context.must(found === undefined, {
          invariant: found?.invariant ?? "order",
          expected: found?.expected,
          observed: found?.observed,
        });
        context.must(
          linesOf(run, "stdout")
            .filter((line) => line !== "")
            .join() === `${nonce},two,last`,
          { invariant: "lines", expected: [nonce, "two", "last"], observed: linesOf(run, "stdout") },
        );
        context.positive("output and status came");
        const good = await sessionRun(execd, id, { command: "true" });
        context.must(good.end?.type === "execution_complete" && linesOf(good, "stdout").length === 0, {
          invariant: "success-without-output",
          expected: "execution_complete alone",
          observed: good.frames.map(({ type }) => type),
        });
        context.negative("a success without output has neither");
      },
    },
    text: {
      title: "lines of a session run arrive once and in order",
      clauses: ["execd.session.run", "X17", "X18"],
      isProperty: true,
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        await context.property({
          arbitrary: fc.array(
            fc
              .string({ unit: fc.constantFrom(..."abc 019_-.:;$%&*(){}<>?!|'\"\\/ü世"), minLength: 1, maxLength: 20 })
              .map((text) => `${text.trim()}.`),
            { minLength: 1, maxLength: 6 },
          ),
          runs: { quick: 5, standard: 10, full: 60 },
          async test(list) {
            const text = list.map((line) => `${line}\n`).join("");
            const run = await sessionRun(execd, id, { command: printing(text) });
            const found = judgeText("session", { stdout: text }, run.items).find(({ level }) => level === "MUST");
            context.must(found === undefined, {
              invariant: "lines",
              expected: found?.expected,
              observed: found?.observed,
            });
          },
        });
        context.positive("generated lines came in order");
        const both = await sessionRun(execd, id, { command: "echo out; echo err >&2; echo" });
        context.observe("X17", linesOf(both, "stderr").includes("err") ? "streams are told apart" : "one stream");
        context.observe("X18", linesOf(both, "stdout").includes("") ? "kept" : "dropped");
        context.must(![...linesOf(both, "stdout"), ...linesOf(both, "stderr")].includes("none"), {
          invariant: "nothing-else",
          expected: ["out", "err"],
          observed: linesOf(both, "stdout"),
        });
        context.negative("nothing was there that was not written");
      },
    },
    required: {
      title: "a run without a command, or with a negative timeout, is refused with 400",
      clauses: ["execd.session.required"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        for (const json of [{}, { command: "" }, { command: "true", timeout: -1 }]) {
          const answer = await execd.call({ method: "POST", path: `/session/${id}/run`, json });
          context.must(statusOf(answer) === 400, { invariant: "refused", expected: 400, observed: statusOf(answer) });
        }
        context.negative("three wrong runs are refused");
        context.must((await sessionLines(execd, id, "echo fine")) === "fine", {
          invariant: "valid-one-works",
          expected: "fine",
          observed: "another answer",
        });
        context.positive("a right one is not");
      },
    },
    "lost-runs": {
      title: "no run of a session is lost on a connection that was used before",
      startsFirst: true,
      clauses: ["execd.session.lost-runs"],
      deadlineMs: 600_000,
      async run(context) {
        const execd = await context.execd();
        const runs = context.size(60, 300, 1_000);
        const nonces = Array.from({ length: runs }, () => context.random.token(8));
        const sessions: string[] = [];
        while (sessions.length < KEPT_CONNECTIONS) sessions.push(await openSession(context, execd));
        let done = 0;
        let lost = 0;
        // Each session has a connection of its own, on which its runs follow one another.
        await Promise.all(
          sessions.map(async (id, lane) => {
            for (const nonce of nonces.filter((_, at) => at % KEPT_CONNECTIONS === lane)) {
              const run = await sessionRun(execd, id, { command: `echo ${nonce}` }, `kept-${lane}`);
              if (++done % 20 === 0) context.progress(`run ${done} of ${runs}`);
              if (run.end === undefined) lost++;
              else
                context.must(linesOf(run, "stdout").join() === nonce, {
                  invariant: "own-output",
                  expected: nonce,
                  observed: linesOf(run, "stdout"),
                  times: { hits: 1, of: done },
                });
            }
          }),
        );
        // With no loss in n runs, the rate is below 3/n with a confidence of 95 %.
        const bound = `${lost} of ${runs} lost; at 95 % the rate is below ${(((lost === 0 ? 3 : lost + 2 * Math.sqrt(lost) + 2) / runs) * 100).toFixed(1)} %`;
        context.observe("execd.session.lost-runs", bound, { lost, runs });
        context.must(lost === 0, {
          invariant: "lost-run",
          expected: 0,
          observed: bound,
          times: { hits: lost, of: runs },
        });
        context.positive(bound);
        context.negative("each run had its own output");
      },
    },
  },
);
