import assert from "node:assert/strict";
import { isSandboxError, stdoutText, toExecution, type Execution, type Sandbox } from "@rxsandbox/client";
import {
  EMPTY,
  catchError,
  concat,
  connect,
  filter,
  forkJoin,
  ignoreElements,
  map,
  merge,
  mergeMap,
  retry,
  switchMap,
  take,
  tap,
  throwError,
  timer,
  toArray,
  type Observable,
} from "rxjs";
import { expectError } from "./expect-error.js";
import { expectValue } from "./expect-value.js";
import type { OwnContext, OwnScenario } from "./own-scenario.js";

/** What prints and computes in each language, and what fails there. */
const languages = {
  python: {
    sum: "2 + 2",
    set: "kept = 41",
    get: "kept + 1",
    fail: "undefined_name",
    failure: "NameError",
    sleep: "import time\ntime.sleep(60)",
  },
  javascript: {
    sum: "2 + 2",
    set: "globalThis.kept = 41",
    get: "kept + 1",
    fail: "undefinedName",
    failure: "ReferenceError",
    sleep: "await new Promise((resolve) => setTimeout(resolve, 60_000))",
  },
} as const;

type Language = keyof typeof languages;

/** Behaviours 28 to 31: code in kernels that keep their state, in the languages that the server has. */
export const ownCodeScenarios: readonly OwnScenario[] = [
  {
    number: 28,
    name: "contexts are created, read, listed and deleted, one by one and by language",
    run: (context) =>
      inEachLanguage(context, ({ code }, language) =>
        forkJoin([code.createContext({ language }), code.createContext({ language })]).pipe(
          switchMap(([first, second]) => {
            const ids = code.listContexts({ language }).pipe(map((contexts) => contexts.map(({ id }) => id)));
            return concat(
              expectValue(code.attachContext(first.id).pipe(map((found) => [found.id, found.language])), [
                first.id,
                language,
              ]),
              ids.pipe(tap((found) => assert.ok(found.includes(first.id) && found.includes(second.id)))),
              code.listContexts().pipe(tap((found) => assert.ok(found.some(({ id }) => id === first.id)))),
              code.deleteContext(first.id),
              expectError(() => code.attachContext(first.id), "not-found"),
              code.deleteContexts(language),
              ids.pipe(tap((found) => assert.ok(!found.includes(second.id)))),
            );
          }),
        ),
      ),
  },
  {
    number: 29,
    name: "code runs in a context or by language; state stays in its context; no exit code; errors by name",
    run: (context) =>
      inEachLanguage(context, ({ code }, language) => {
        const { sum, set, get, fail, failure } = languages[language];
        return concat(
          code.run(sum, { language }).pipe(toExecution(), tap(assertResult("4"))),
          code.withContext({ language }, (first) =>
            code.withContext({ language }, (second) =>
              concat(
                code.run(set, { context: first }),
                code.run(get, { context: first }).pipe(toExecution(), tap(assertResult("42"))),
                code.run(get, { context: second }).pipe(toExecution(), tap(assertFailed)),
                code.run(fail, { context: first }).pipe(
                  toExecution(),
                  tap(({ error }) => assert.equal(error?.name, failure)),
                ),
                code.run(get, { context: first }).pipe(toExecution(), tap(assertResult("42"))),
              ),
            ),
          ),
        );
      }),
  },
  {
    number: 30,
    name: "every language that the server has prints and computes; three contexts run at once",
    run: (context) =>
      inEachLanguage(context, ({ code }, language) =>
        forkJoin(
          [1, 2, 3].map((value) =>
            code.withContext({ language }, (kernel) =>
              code.run(`${value} + ${value}`, { context: kernel }).pipe(toExecution()),
            ),
          ),
        ).pipe(
          tap((executions) =>
            assert.deepEqual(
              executions.map(({ results }) => results[0]?.text),
              ["2", "4", "6"],
            ),
          ),
        ),
      ),
  },
  {
    number: 31,
    name: "code is interrupted by the id of init or by an unsubscribe, and its context works on; a fake id is an error",
    run: (context) =>
      inEachLanguage(context, ({ code }, language) => {
        const { sum, sleep } = languages[language];
        return code.withContext({ language }, (kernel) =>
          concat(
            code.run(sleep, { context: kernel }).pipe(
              connect((events) =>
                merge(
                  events.pipe(
                    filter((event) => event.type === "init"),
                    mergeMap(({ id }) => code.interrupt(id)),
                    ignoreElements(),
                  ),
                  events.pipe(toExecution()),
                ),
              ),
              tap(assertFailed),
            ),
            code.run(sleep, { context: kernel }).pipe(take(1)),
            eventually(code.run(sum, { context: kernel }).pipe(toExecution())).pipe(tap(assertResult("4"))),
            code.interrupt("no-such-context").pipe(
              toArray(),
              mergeMap(() => throwError(() => new Error("expected an error for a fake id"))),
              catchError((error: unknown) => (isSandboxError(error) ? EMPTY : throwError(() => error))),
            ),
          ),
        );
      }),
  },
];

/** A sandbox for each language in turn; one without a kernel for it is passed by, and at least one has to be there. */
function inEachLanguage(
  { inSandbox }: OwnContext,
  project: (sandbox: Sandbox, language: Language) => Observable<unknown>,
): Observable<unknown> {
  return inSandbox((sandbox) =>
    sandbox.commands.run("command -v python3 node").pipe(
      stdoutText(),
      map((found) => [...(found.includes("python3") ? (["python"] as const) : []), "javascript" as const]),
      switchMap((present) => concat(...present.map((language) => project(sandbox, language)))),
    ),
  );
}

function assertResult(text: string): (execution: Execution) => void {
  return ({ end, results, error }) => {
    assert.equal(error, null);
    assert.equal(end.kind, "completed");
    assert.equal(results[0]?.text, text);
  };
}

function assertFailed({ end, error }: Execution): void {
  assert.equal(end.kind, "failed");
  assert.ok(error !== null && error.name !== "");
}

/** A kernel that was interrupted a moment ago may still be busy: that run has not begun and may be repeated. */
function eventually<T>(work: Observable<T>): Observable<T> {
  return work.pipe(
    retry({
      count: 50,
      delay: (error: unknown) => (isSandboxError(error, "invalid-state") ? timer(100) : throwError(() => error)),
    }),
  );
}
