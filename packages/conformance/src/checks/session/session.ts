import fc from "fast-check";
import type { CheckContext } from "../../check/check-context.js";
import type { Endpoint } from "../../check/endpoint.js";
import { Blocked, NoAnswer } from "../../check/outcome.js";
import { judgeExit } from "../../oracles/exit-oracle.js";
import { judgeStream } from "../../oracles/stream-oracle.js";
import { judgeText } from "../../oracles/text-oracle.js";
import { objectOf, statusOf } from "../../wire/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { scratchDirectory } from "../scratch-directory.js";
import { printing } from "../command/output.js";
import { type EventRun, eventRun, exitOf, linesOf, liveRun } from "../event-run.js";

/** Opens a session that is deleted after the check. */
export async function openSession(context: CheckContext, execd: Endpoint, json: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const answer = await execd.call({ method: "POST", path: "/session", json, captures: [{ name: "session", from: "json:/session_id" }] });
  const id = objectOf(answer)["session_id"];
  context.must(statusOf(answer) === 200 && typeof id === "string" && id !== "", { clause: "execd.session.create", invariant: "created", expected: "200 with a session_id", observed: [statusOf(answer), id] });
  context.defer("session", () => execd.call({ method: "DELETE", path: `/session/${String(id)}` }));
  return String(id);
}

/** Runs one command in a session. A run that is lost is the affair of the check of lost runs. */
export async function sessionRun(execd: Endpoint, id: string, json: Readonly<Record<string, unknown>>, connection?: string): Promise<EventRun> {
  const run = await eventRun(execd, `/session/${id}/run`, json, { toEndOfBody: true, ...(connection === undefined ? {} : { connection }) });
  if (run.end === undefined && run.exchange.end === "complete" && connection === undefined) throw new NoAnswer("connection-lost", `POST /session/${id}/run: the stream has no end`);
  return run;
}

/** How many connections the check of lost runs keeps. */
const KEPT_CONNECTIONS = 3;

async function lines(execd: Endpoint, id: string, command: string): Promise<string> {
  return linesOf(await sessionRun(execd, id, { command }), "stdout").join("\n");
}

/** Sessions (`execd.md` 4). Their blank lines and the names of their streams are nobody's promise. */
export const sessionChecks = checkTopic(
  { part: "execd", topic: "session", group: "sessions", capability: "sessions" },
  {
    create: {
      title: "a session is created with an id of its own, with and without a body",
      clauses: ["execd.session.create"],
      async run(context) {
        const execd = await context.execd();
        const first = await openSession(context, execd);
        const bare = await execd.call({ method: "POST", path: "/session" });
        const second = objectOf(bare)["session_id"];
        context.must(statusOf(bare) === 200 && typeof second === "string" && second !== "", { invariant: "created", expected: "200 with a session_id", observed: [statusOf(bare), second] });
        context.defer("session", () => execd.call({ method: "DELETE", path: `/session/${String(second)}` }));
        context.positive("both have an id");
        context.must(first !== second, { invariant: "own-id", expected: "two ids", observed: [first, second] });
        if ((await lines(execd, first, "echo $((6 * 7))")) !== "42") throw new Blocked("running a command in a session");
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
        const found = [...judgeStream({ kind: "session", items: run.items, end: run.exchange.end === "complete" ? "complete" : "truncated" }), ...judgeExit({ exited: 7 }, exitOf(run))].find(({ level }) => level === "MUST");
        context.must(found === undefined, { invariant: found?.invariant ?? "order", expected: found?.expected, observed: found?.observed });
        context.must(linesOf(run, "stdout").filter((line) => line !== "").join() === `${nonce},two,last`, { invariant: "lines", expected: [nonce, "two", "last"], observed: linesOf(run, "stdout") });
        context.positive("output and status came");
        const good = await sessionRun(execd, id, { command: "true" });
        context.must(good.end?.type === "execution_complete" && linesOf(good, "stdout").length === 0, { invariant: "success-without-output", expected: "execution_complete alone", observed: good.frames.map(({ type }) => type) });
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
          arbitrary: fc.array(fc.string({ unit: fc.constantFrom(..."abc 019_-.:;$%&*(){}<>?!|'\"\\/ü世"), minLength: 1, maxLength: 20 }).map((text) => `${text.trim()}.`), { minLength: 1, maxLength: 6 }),
          runs: { quick: 5, standard: 10, full: 60 },
          async test(list) {
            const text = list.map((line) => `${line}\n`).join("");
            const run = await sessionRun(execd, id, { command: printing(text) });
            const found = judgeText("session", { stdout: text }, run.items).find(({ level }) => level === "MUST");
            context.must(found === undefined, { invariant: "lines", expected: found?.expected, observed: found?.observed });
          },
        });
        context.positive("generated lines came in order");
        const both = await sessionRun(execd, id, { command: "echo out; echo err >&2; echo" });
        context.observe("X17", linesOf(both, "stderr").includes("err") ? "streams are told apart" : "one stream");
        context.observe("X18", linesOf(both, "stdout").includes("") ? "kept" : "dropped");
        context.must(![...linesOf(both, "stdout"), ...linesOf(both, "stderr")].includes("none"), { invariant: "nothing-else", expected: ["out", "err"], observed: linesOf(both, "stdout") });
        context.negative("nothing was there that was not written");
      },
    },
    "keeps-env": {
      title: "exported variables last from run to run, others do not, and not across sessions",
      clauses: ["execd.session.keeps-env", "execd.session.isolated"],
      async run(context) {
        const execd = await context.execd();
        const [one, two] = [await openSession(context, execd), await openSession(context, execd)];
        const value = `${context.random.token()} two words, it's`;
        const single = value.replaceAll("'", "'\\''");
        await sessionRun(execd, one, { command: `export RX_A='${single}' RX_B=2; RX_C=3` });
        const seen = await lines(execd, one, 'printf "%s|%s|%s\\n" "$RX_A" "$RX_B" "${RX_C-unset}"');
        context.must(seen === `${value}|2|unset`, { invariant: "env-lasts", expected: `${value}|2|unset`, observed: seen });
        await sessionRun(execd, one, { command: "unset RX_B" });
        const after = await lines(execd, one, 'echo "[${RX_B-unset}]"');
        context.must(after === "[unset]", { invariant: "unset-lasts", expected: "[unset]", observed: after });
        context.positive("what is exported lasts, and what is unset is gone");
        const other = await lines(execd, two, 'echo "[${RX_A-unset}]"');
        context.must(other === "[unset]", { clause: "execd.session.isolated", invariant: "not-across", expected: "[unset]", observed: other });
        context.negative("the other session does not see it");
      },
    },
    "keeps-quoting": {
      title: "exported values with quotes, dollars, backticks, backslashes and characters outside ASCII stay as they are, run after run",
      clauses: ["X65"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const nonce = context.random.token();
        const values = ['"quoted"', "$HOME", "`date`", "back\\slash \\\\ two", "ü 世", `"$(echo ${nonce})" \\"\\$x\\`];
        await sessionRun(execd, id, { command: values.map((value, at) => `export RX_Q${at}='${value}'`).join("\n") });
        const expected = [...values, "unset"].join("\n");
        for (let run = 1; run <= context.size(2, 3, 6); run++) {
          const seen = await lines(execd, id, `printf '%s\\n' ${values.map((_, at) => `"$RX_Q${at}"`).join(" ")} "\${RX_NONE-unset}"`);
          context.must(seen === expected, { invariant: "unchanged", expected, observed: seen });
        }
        context.positive("each value is what was exported, in every run");
        context.negative("a variable that nobody exported is unset");
      },
    },
    "keeps-cwd": {
      title: "the working directory lasts from run to run",
      clauses: ["execd.session.keeps-cwd", "X19"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const name = context.random.token();
        const scratch = await scratchDirectory(execd);
        await sessionRun(execd, id, { command: `mkdir -p '${scratch}/${name} a/sub' && cd '${scratch}/${name} a'` });
        const seen = await lines(execd, id, "pwd");
        context.must(seen.endsWith(`/${name} a`), { invariant: "cwd-lasts", expected: `${scratch}/${name} a`, observed: seen });
        context.positive("cd lasts");
        const run = await sessionRun(execd, id, { command: "pwd -P", cwd: scratch });
        context.must(linesOf(run, "stdout").join() === scratch, { invariant: "cwd-of-run", expected: scratch, observed: linesOf(run, "stdout") });
        context.observe("X19", (await lines(execd, id, "pwd -P")) === scratch ? "lasts" : "one run only");
        const other = await openSession(context, execd);
        context.must(!(await lines(execd, other, "pwd")).includes(name), { invariant: "not-across", expected: "another directory", observed: name });
        context.negative("another session is elsewhere");
      },
    },
    exit: {
      title: "a session survives exit in a run, and failures are told from success",
      clauses: ["execd.session.exit"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const codes = context.size([5, 129 + context.random.integer(0, 80)], [1, 5, 127, 200], [1, 2, 5, 126, 127, 128, 200, 255]);
        for (const code of codes) {
          const run = await sessionRun(execd, id, { command: `exit ${code}` });
          const found = judgeExit({ exited: code }, exitOf(run))[0];
          context.must(found === undefined, { invariant: found?.invariant ?? "wrong-exit", expected: code, observed: exitOf(run) });
        }
        context.positive("each code came");
        const nonce = context.random.token();
        const after = await sessionRun(execd, id, { command: `echo ${nonce}` });
        context.must(after.end?.type === "execution_complete" && linesOf(after, "stdout").join() === nonce, { invariant: "survives", expected: nonce, observed: linesOf(after, "stdout") });
        context.negative("the session runs on");
      },
    },
    timeout: {
      title: "a session run that outlives its timeout ends as no success, and the session stays",
      startsFirst: true,
      clauses: ["execd.session.timeout"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const run = await sessionRun(execd, id, { command: "echo on; exec sleep 20", timeout: 500 });
        const found = judgeExit({ stopped: true }, exitOf(run))[0];
        context.must(found === undefined, { invariant: found?.invariant === "no-end" ? "no-end" : "timeout-is-no-success", expected: "an envelope or a signal", observed: found?.observed });
        context.positive("it ended, and not as a success");
        const after = await sessionRun(execd, id, { command: "echo fine", timeout: 60_000 });
        context.must(after.end?.type === "execution_complete" && linesOf(after, "stdout").join() === "fine", { invariant: "session-stays", expected: "fine", observed: linesOf(after, "stdout") });
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
        context.must(run.end !== undefined && run.end.type !== "execution_complete", { invariant: "no-success", expected: "no success", observed: run.end?.type });
        context.must(at < 5_500, { invariant: "kept", expected: "an end before the child's", observed: `${Math.round(at)} ms` });
        context.positive("the run ended before its child would have");
        context.must(!linesOf(run, "stdout").includes("never"), { invariant: "stopped", expected: [], observed: linesOf(run, "stdout") });
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
        context.must(statusOf(run) >= 400, { invariant: "runs-no-more", expected: "4xx or 5xx", observed: statusOf(run) });
        context.observe("X21", String(statusOf(run)));
        for (const id of [gone, context.random.token(32)]) {
          const again = await execd.call({ method: "DELETE", path: `/session/${id}` });
          context.must(statusOf(again) === 404, { clause: "execd.session.delete-unknown", invariant: "unknown-is-404", expected: 404, observed: statusOf(again) });
        }
        context.negative("it is gone, and deleting it again is 404");
        context.must((await lines(execd, stays, "echo here")) === "here", { invariant: "others-stay", expected: "here", observed: "another answer" });
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
        context.must(ended.end !== undefined && ended.end.type !== "execution_complete", { invariant: "run-ends", expected: "an end that is no success", observed: ended.end?.type ?? ended.exchange.end });
        context.positive("the run ended");
        context.must(!linesOf(ended, "stdout").includes("never"), { invariant: "stopped", expected: ["on"], observed: linesOf(ended, "stdout") });
        context.negative("it did not go on");
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
        context.must((await lines(execd, id, "echo fine")) === "fine", { invariant: "valid-one-works", expected: "fine", observed: "another answer" });
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
              else context.must(linesOf(run, "stdout").join() === nonce, { invariant: "own-output", expected: nonce, observed: linesOf(run, "stdout"), times: { hits: 1, of: done } });
            }
          }),
        );
        // With no loss in n runs, the rate is below 3/n with a confidence of 95 %.
        const bound = `${lost} of ${runs} lost; at 95 % the rate is below ${(((lost === 0 ? 3 : lost + 2 * Math.sqrt(lost) + 2) / runs) * 100).toFixed(1)} %`;
        context.observe("execd.session.lost-runs", bound, { lost, runs });
        context.must(lost === 0, { invariant: "lost-run", expected: 0, observed: bound, times: { hits: lost, of: runs } });
        context.positive(bound);
        context.negative("each run had its own output");
      },
    },
  },
);
