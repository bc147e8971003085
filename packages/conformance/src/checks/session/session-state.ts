import { Blocked } from "../../model/outcome.js";
import { judgeExit } from "../../oracles/exit-oracle.js";
import { checkTopic } from "../check-topic.js";
import { exitOf, linesOf } from "../event-run.js";
import { scratchDirectory } from "../scratch-directory.js";
import { openSession, sessionLines, sessionRun } from "./open-session.js";

/** What a session keeps from run to run (`execd.md` 4). */
export const sessionStateChecks = checkTopic(
  { part: "execd", topic: "session", group: "sessions", capability: "sessions" },
  {
    "keeps-env": {
      title: "exported variables last from run to run, others do not",
      clauses: ["execd.session.keeps-env"],
      claims: {
        "unsets-env": {
          title: "a variable that was unset stays unset in later runs",
          clauses: ["execd.session.keeps-env"],
        },
        "env-isolated": {
          title: "a session does not see the variables of another one",
          clauses: ["execd.session.isolated"],
        },
      },
      async run(context) {
        const execd = await context.execd();
        const [one, two] = [await openSession(context, execd), await openSession(context, execd)];
        const value = `${context.random.token()} two words, it's`;
        const single = value.replaceAll("'", "'\\''");
        // A plain value shows the claims about unsetting and other sessions where quotes are not kept (`divergences.md`
        // X65).
        const plain = context.random.token();
        await sessionRun(execd, one, { command: `export RX_A='${single}' RX_B=${plain}; RX_C=3` });
        await context.claim("keeps-env", async () => {
          const seen = await sessionLines(execd, one, 'printf "%s|%s|%s\\n" "$RX_A" "$RX_B" "${RX_C-unset}"');
          const expected = `${value}|${plain}|unset`;
          context.must(seen === expected, { invariant: "env-lasts", expected, observed: seen });
          context.positive("what is exported lasts");
          context.negative("what is not exported is gone");
        });
        await context.claim("env-isolated", async () => {
          const own = await sessionLines(execd, one, 'echo "[${RX_B-unset}]"');
          const other = await sessionLines(execd, two, 'echo "[${RX_B-unset}]"');
          context.must(other === "[unset]", { invariant: "not-across", expected: "[unset]", observed: other });
          context.negative("the other session does not see it");
          if (own !== `[${plain}]`) throw new Blocked("execd/session/keeps-env");
          context.positive("the session itself sees it");
        });
        await context.claim("unsets-env", async () => {
          const before = await sessionLines(execd, one, 'echo "[${RX_B-unset}]"');
          if (before !== `[${plain}]`) throw new Blocked("execd/session/keeps-env");
          await sessionRun(execd, one, { command: "unset RX_B" });
          const after = await sessionLines(execd, one, 'echo "[${RX_B-unset}]"');
          context.must(after === "[unset]", { invariant: "unset-lasts", expected: "[unset]", observed: after });
          context.positive("it was set before");
          context.negative("it is unset after");
        });
      },
    },
    "keeps-quoting": {
      title:
        "exported values with quotes, dollars, backticks, backslashes and characters outside ASCII stay as they are, run after run",
      clauses: ["X65"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const nonce = context.random.token();
        const values = ['"quoted"', "$HOME", "`date`", "back\\slash \\\\ two", "ü 世", `"$(echo ${nonce})" \\"\\$x\\`];
        await sessionRun(execd, id, { command: values.map((value, at) => `export RX_Q${at}='${value}'`).join("\n") });
        const expected = [...values, "unset"].join("\n");
        for (let run = 1; run <= context.size(2, 3, 6); run++) {
          const seen = await sessionLines(
            execd,
            id,
            `printf '%s\\n' ${values.map((_, at) => `"$RX_Q${at}"`).join(" ")} "\${RX_NONE-unset}"`,
          );
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
        const seen = await sessionLines(execd, id, "pwd");
        context.must(seen.endsWith(`/${name} a`), {
          invariant: "cwd-lasts",
          expected: `${scratch}/${name} a`,
          observed: seen,
        });
        context.positive("cd lasts");
        const run = await sessionRun(execd, id, { command: "pwd -P", cwd: scratch });
        context.must(linesOf(run, "stdout").join() === scratch, {
          invariant: "cwd-of-run",
          expected: scratch,
          observed: linesOf(run, "stdout"),
        });
        context.observe("X19", (await sessionLines(execd, id, "pwd -P")) === scratch ? "lasts" : "one run only");
        const other = await openSession(context, execd);
        context.must(!(await sessionLines(execd, other, "pwd")).includes(name), {
          invariant: "not-across",
          expected: "another directory",
          observed: name,
        });
        context.negative("another session is elsewhere");
      },
    },
    exit: {
      title: "a session survives exit in a run, and failures are told from success",
      clauses: ["execd.session.exit"],
      async run(context) {
        const execd = await context.execd();
        const id = await openSession(context, execd);
        const codes = context.size(
          [5, 129 + context.random.integer(0, 80)],
          [1, 5, 127, 200],
          [1, 2, 5, 126, 127, 128, 200, 255],
        );
        for (const code of codes) {
          const run = await sessionRun(execd, id, { command: `exit ${code}` });
          const found = judgeExit({ exited: code }, exitOf(run))[0];
          context.must(found === undefined, {
            invariant: found?.invariant ?? "wrong-exit",
            expected: code,
            observed: exitOf(run),
          });
        }
        context.positive("each code came");
        const nonce = context.random.token();
        const after = await sessionRun(execd, id, { command: `echo ${nonce}` });
        context.must(after.end?.type === "execution_complete" && linesOf(after, "stdout").join() === nonce, {
          invariant: "survives",
          expected: nonce,
          observed: linesOf(after, "stdout"),
        });
        context.negative("the session runs on");
      },
    },
  },
);
