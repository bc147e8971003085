import type { WireExchange } from "../../model/wire-exchange.js";
import { jsonOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { liveRun } from "../event-run.js";
import { codePrinted, codeRun, hasLostOutput, hasSucceeded, printedBy, spokenLanguage } from "./languages.js";
import { openContext } from "./open-context.js";

/** Runs of code and their contexts (`execd.md` 5). */
export const codeChecks = checkTopic(
  { part: "execd", topic: "code", group: "code", capability: "code", startsFirst: true },
  {
    end: {
      title: "a run of code has an end before the end of its body, and an error wins over a completion",
      clauses: ["execd.code.end"],
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const id = await openContext(context, execd, language);
        const [one, two] = [context.random.integer(100, 999), context.random.integer(100, 999)];
        const runs = context.size(2, 5, 20);
        let late = 0;
        for (let at = 0; at < runs; at++) {
          const run = await codePrinted(execd, language, `${one + at} * ${two}`, id);
          context.must(run.exchange.end === "complete" && run.end !== undefined, {
            invariant: "end-before-body",
            expected: "an end and the end of the body",
            observed: [run.end?.type, run.exchange.end],
          });
          context.must(run.frames[0]?.type === "init", {
            invariant: "init-first",
            expected: "init",
            observed: run.frames[0]?.type,
          });
          context.must(hasSucceeded(run) && printedBy(run) === String((one + at) * two), {
            invariant: "output",
            expected: (one + at) * two,
            observed: printedBy(run),
          });
          if (run.frames.at(-1)?.type !== "execution_complete") late++;
        }
        context.observe("execd.code.end", `frames after the completion in ${late} of ${runs} runs`, { late, runs });
        context.positive("what was computed was printed before the end");
        for (let at = 0; at < runs; at++) {
          const failed = await codeRun(execd, language.raise(context.random.token()), { id, language: language.name });
          context.must(failed.exchange.end === "complete" && failed.frames.some(({ type }) => type === "error"), {
            invariant: "error-wins",
            expected: "an error",
            observed: failed.frames.map(({ type }) => type),
            times: { hits: 1, of: at + 1 },
          });
        }
        context.negative("a failure has an error, whatever else it has");
      },
    },
    "lost-runs": {
      title: "no run of code is lost on a connection that was used before",
      clauses: ["X64"],
      deadlineMs: 600_000,
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const id = await openContext(context, execd, language);
        const runs = context.size(10, 60, 300);
        const first = context.random.integer(1_000, 9_000);
        let lost = 0;
        for (let at = 0; at < runs; at++) {
          const run = await codeRun(
            execd,
            language.print(`${first + at} * 7`),
            { id, language: language.name },
            "kept",
          );
          if (run.end === undefined) lost++;
          // A context whose run was lost is busy for a moment, and an output is lost now and then.
          else if (hasSucceeded(run) && !hasLostOutput(run))
            context.must(printedBy(run) === String((first + at) * 7), {
              clause: "execd.code.end",
              invariant: "output",
              expected: (first + at) * 7,
              observed: printedBy(run),
              times: { hits: 1, of: at + 1 },
            });
          if (at % 20 === 19) context.progress(`run ${at + 1} of ${runs}`);
        }
        context.observe("X64", `${lost} of ${runs} lost`, { lost, runs });
        context.must(lost === 0, {
          invariant: "lost-run",
          expected: 0,
          observed: `${lost} of ${runs}`,
          times: { hits: lost, of: runs },
        });
        context.positive(`each of ${runs} runs had an end`);
        context.negative("and its own output");
      },
    },
    error: {
      title: "code that raises gives an error with its name and text, and the context keeps working",
      clauses: ["execd.code.error"],
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const id = await openContext(context, execd, language);
        const message = `${context.random.token()} "ü"`;
        const failed = await codeRun(execd, language.raise(message), { id, language: language.name });
        const error = failed.frames.find(({ type }) => type === "error")?.error;
        context.must(error?.ename === language.errorType, {
          invariant: "name",
          expected: language.errorType,
          observed: error?.ename,
        });
        context.must(error?.evalue?.includes(message) === true, {
          invariant: "text",
          expected: message,
          observed: error?.evalue,
        });
        context.must(error?.traceback === null || Array.isArray(error?.traceback), {
          invariant: "traceback",
          expected: "an array or null",
          observed: typeof error?.traceback,
        });
        context.negative("the failure has its name and text");
        const [one, two] = [context.random.integer(100, 999), context.random.integer(100, 999)];
        const after = await codePrinted(execd, language, `${one} * ${two}`, id);
        context.must(hasSucceeded(after) && printedBy(after) === String(one * two), {
          invariant: "context-goes-on",
          expected: one * two,
          observed: [printedBy(after), after.end],
        });
        context.positive("code after it runs");
      },
    },
    result: {
      title: "the value of the last expression arrives as a result, and code without a value has none",
      clauses: ["execd.code.result", "X07"],
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const id = await openContext(context, execd, language);
        const runs = context.size(3, 6, 20);
        let missing = 0;
        for (let at = 0; at < runs; at++) {
          const [one, two] = [context.random.integer(100, 999), context.random.integer(100, 999)];
          const run = await codeRun(execd, `${one} * ${two}`, { id, language: language.name });
          const results = (
            run.frames.find(({ type }) => type === "result") as
              { readonly results?: Readonly<Record<string, unknown>> } | undefined
          )?.results;
          if (results === undefined) {
            missing++;
            continue;
          }
          context.must(
            Object.values(results).some((value) => String(value) === String(one * two)),
            { invariant: "value", expected: one * two, observed: results },
          );
          context.must(results["text/plain"] === String(one * two), {
            clause: "X07",
            invariant: "media-type",
            expected: "text/plain",
            observed: Object.keys(results),
          });
        }
        // A result is lost now and then; only a server without any is wrong (`execd.md` 2.4).
        context.observe("execd.code.result", `${missing} of ${runs} results missing`, { missing, runs });
        context.must(missing < runs, {
          invariant: "missing",
          expected: "a result",
          observed: `${missing} of ${runs} missing`,
          times: { hits: missing, of: runs },
        });
        context.positive("values arrived");
        const none = await codeRun(execd, language.nothing, { id, language: language.name });
        context.must(hasSucceeded(none) && !none.frames.some(({ type }) => type === "result"), {
          invariant: "none-without-value",
          expected: "no result",
          observed: none.frames.map(({ type }) => type),
        });
        context.negative("code without a value has no result");
      },
    },
    state: {
      title: "variables of a context last from run to run, and stay in it",
      clauses: ["execd.code.state"],
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const [one, two] = [await openContext(context, execd, language), await openContext(context, execd, language)];
        context.must(one !== two, {
          clause: "execd.code.context",
          invariant: "own-id",
          expected: "two ids",
          observed: [one, two],
        });
        const variable = `rx_${context.random.token()}`;
        const values = [context.random.token(), context.random.token()] as const;
        await codeRun(execd, language.assign(variable, values[0]), { id: one, language: language.name });
        const early = await codeRun(execd, language.print(variable), { id: two, language: language.name });
        context.must(!hasSucceeded(early) && !printedBy(early).includes(values[0]), {
          invariant: "not-across",
          expected: "an error",
          observed: printedBy(early),
        });
        await codeRun(execd, language.assign(variable, values[1]), { id: two, language: language.name });
        for (const [at, id] of [one, two, one].entries()) {
          const run = await codePrinted(execd, language, variable, id);
          const expected = values[at % 2] ?? "";
          context.must(printedBy(run) === expected, { invariant: "lasts", expected, observed: printedBy(run) });
        }
        context.positive("each context kept its own value");
        context.negative("the other did not know it before");
      },
    },
    contexts: {
      title: "contexts are listed and read, an unknown one is 404, and a deleted one is gone while others stay",
      clauses: ["execd.code.list", "execd.code.context", "execd.code.delete", "X27"],
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const [gone, stays] = [
          await openContext(context, execd, language),
          await openContext(context, execd, language),
        ];
        const list = async (): Promise<readonly unknown[]> =>
          idsOf(await execd.call({ method: "GET", path: `/code/contexts?language=${language.name}` }));
        const before = await list();
        context.must(before.includes(gone) && before.includes(stays), {
          invariant: "listed",
          expected: [gone, stays],
          observed: before,
        });
        const read = await execd.call({ method: "GET", path: `/code/contexts/${gone}` });
        context.must(
          statusOf(read) === 200 && objectOf(read)["id"] === gone && objectOf(read)["language"] === language.name,
          { invariant: "read", expected: { id: gone, language: language.name }, observed: objectOf(read) },
        );
        context.positive("they are listed and read");
        const unknown = await execd.call({ method: "GET", path: `/code/contexts/${context.random.token(32)}` });
        context.must(statusOf(unknown) === 404, {
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        const all = await execd.call({ method: "GET", path: "/code/contexts" });
        context.observe(
          "X27",
          statusOf(all) === 200 ? "without a language all are listed" : `refused with ${statusOf(all)}`,
        );
        const deleted = await execd.call({ method: "DELETE", path: `/code/contexts/${gone}` });
        context.must(statusOf(deleted) === 200, {
          clause: "execd.code.delete",
          invariant: "deleted",
          expected: 200,
          observed: statusOf(deleted),
        });
        for (const method of ["GET", "DELETE"]) {
          const again = await execd.call({ method, path: `/code/contexts/${gone}` });
          context.must(statusOf(again) === 404, {
            clause: "execd.code.delete",
            invariant: "gone-is-404",
            expected: `404 for ${method}`,
            observed: statusOf(again),
          });
        }
        const after = await list();
        context.must(!after.includes(gone), {
          clause: "execd.code.delete",
          invariant: "not-listed",
          expected: [stays],
          observed: after,
        });
        const run = await execd.call({
          method: "POST",
          path: "/code",
          json: { code: language.nothing, context: { id: gone, language: language.name } },
        });
        context.must(statusOf(run) >= 400 || /"code"\s*:/.test(textOf(run)), {
          clause: "execd.code.delete",
          invariant: "runs-no-more",
          expected: "a refusal",
          observed: statusOf(run),
        });
        context.negative("the deleted one is gone");
        const other = await codeRun(execd, language.print("6 * 7"), { id: stays, language: language.name });
        context.must(after.includes(stays) && printedBy(other) === "42", {
          clause: "execd.code.delete",
          invariant: "others-stay",
          expected: "42",
          observed: printedBy(other),
        });
      },
    },
    interrupt: {
      title: "interrupted code ends without what it would have done, and a context can run again after it",
      clauses: ["execd.code.interrupt", "X61"],
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const [id, other] = [await openContext(context, execd, language), await openContext(context, execd, language)];
        const run = liveRun(execd, "/code", { code: language.wait, context: { id, language: language.name } });
        await run.until((soFar) => printedBy(soFar).includes("on"));
        const busy = await execd.call({
          method: "POST",
          path: "/code",
          json: { code: language.nothing, context: { id, language: language.name } },
          until: (soFar) => /"(?:code|message)"\s*:|execution_complete|"error"/.test(textOf(soFar)),
        });
        context.observe(
          "X61",
          statusOf(busy) === 200
            ? /busy/.test(textOf(busy))
              ? "an envelope in a stream"
              : "it runs or waits"
            : `status ${statusOf(busy)}`,
        );
        const beside = await codePrinted(execd, language, "6 * 7", other);
        context.must(printedBy(beside) === "42", {
          invariant: "others-run",
          expected: "42",
          observed: printedBy(beside),
        });
        const answer = await execd.call({ method: "DELETE", path: `/code?id=${id}` });
        context.must(statusOf(answer) === 200, { invariant: "accepted", expected: 200, observed: statusOf(answer) });
        const ended = await run.finished();
        // Nothing that says so came when it went on for its whole minute.
        context.must(ended.exchange.endedAtMs < 50_000 && ended.exchange.end !== "silence", {
          invariant: "ends",
          expected: "an end before the code's own",
          observed: ended.exchange.end,
        });
        context.must(!printedBy(ended).includes("never") && !hasSucceeded(ended), {
          invariant: "no-success",
          expected: "no success",
          observed: ended.frames.map(({ type }) => type),
        });
        context.negative("it ended, and not as a success");
        const after = await context.waitUntil(
          () => codeRun(execd, language.print("7 * 8"), { id, language: language.name }),
          (seen) => printedBy(seen) === "56",
          10_000,
        );
        context.must(printedBy(after) === "56", {
          invariant: "context-goes-on",
          expected: "56",
          observed: printedBy(after),
        });
        context.positive("the context runs again, and another ran meanwhile");
      },
    },
    readings: {
      title: "what code does where nothing is promised",
      clauses: ["X29", "X62"],
      level: "INFO",
      async run(context) {
        const execd = await context.execd();
        const language = await spokenLanguage(context, execd);
        const id = await openContext(context, execd, language);
        const run = await codeRun(execd, `${language.print("6 * 7")}\n6 * 7`, { id, language: language.name });
        context.observe("X29", [...new Set(run.frames.map(({ type }) => type ?? "envelope"))].join());
        context.must(printedBy(run) === "42", {
          clause: "execd.code.end",
          invariant: "output",
          expected: "42",
          observed: printedBy(run),
        });
        context.positive("code runs");
        const plain = await execd.call({ method: "POST", path: "/code", json: { code: "echo $((6 * 7))" } });
        context.observe(
          "X62",
          statusOf(plain) !== 200
            ? `refused with ${statusOf(plain)}`
            : textOf(plain).includes("42")
              ? "a shell command"
              : "something else",
        );
        const failed = await codeRun(execd, language.raise("x"), { id, language: language.name });
        context.must(!hasSucceeded(failed), {
          clause: "execd.code.error",
          invariant: "name",
          expected: "an error",
          observed: "a success",
        });
        context.negative("and fails when it raises");
      },
    },
  },
);

function idsOf(answer: WireExchange): readonly unknown[] {
  const list = jsonOf(answer);
  return Array.isArray(list) ? (list as readonly { readonly id?: unknown }[]).map((item) => item?.id) : [];
}
