import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { NoAnswer, Unverifiable } from "../../model/outcome.js";
import { type EventRun, eventRun } from "../event-run.js";

/** What the checks of code say in one language. */
export interface Language {
  readonly name: string;
  print(expression: string): string;
  assign(variable: string, value: string): string;
  /** Raises an error of the type {@link errorType}. */
  raise(message: string): string;
  readonly errorType: string;
  /** Prints `on`, waits a minute and prints `never`. */
  readonly wait: string;
  /** Code without a value. */
  readonly nothing: string;
}

const python: Language = {
  name: "python",
  print: (expression) => `print(${expression}, flush=True)`,
  assign: (variable, value) => `${variable} = ${JSON.stringify(value)}`,
  raise: (message) => `raise ValueError(${JSON.stringify(message)})`,
  errorType: "ValueError",
  wait: 'import time\nprint("on", flush=True)\nfor _ in range(600): time.sleep(0.1)\nprint("never", flush=True)',
  nothing: "pass",
};

const javascript: Language = {
  name: "javascript",
  print: (expression) => `console.log(${expression});`,
  assign: (variable, value) => `globalThis.${variable} = ${JSON.stringify(value)}; undefined`,
  raise: (message) => `throw new TypeError(${JSON.stringify(message)})`,
  errorType: "TypeError",
  wait: 'console.log("on"); await new Promise((resolve) => setTimeout(resolve, 60000)); console.log("never")',
  nothing: "undefined",
};

/** Runs code and reads the answer to its end: frames may follow the first end (`execd.md` 2.4). */
export function codeRun(
  execd: Endpoint,
  code: string,
  context: Readonly<Record<string, unknown>>,
  connection?: string,
): Promise<EventRun> {
  return eventRun(
    execd,
    "/code",
    { code, context },
    { toEndOfBody: true, idleMs: 60_000, ...(connection === undefined ? {} : { connection }) },
  );
}

/** Everything that was printed, whatever its chunks: code is streamed as it comes and not by lines (`execd.md` 2.3). */
export function printedBy(run: EventRun): string {
  return run.frames
    .flatMap(({ type, text }) => (type === "stdout" && typeof text === "string" ? [text] : []))
    .join("")
    .trim();
}

/** Whether a run ended as a success; an error wins over a completion beside it. */
export function hasSucceeded(run: EventRun): boolean {
  return (
    run.frames.some(({ type }) => type === "execution_complete") &&
    !run.frames.some(({ type, code }) => type === "error" || (type === undefined && code !== undefined))
  );
}

/** How often an output that was lost is asked for. */
const PRINT_TRIES = 4;

/**
 * Prints an expression in a context, once more where a run that succeeded has lost its output: that happens now and
 * then (`measured.md` 2.3).
 */
export async function codePrinted(
  execd: Endpoint,
  language: Language,
  expression: string,
  id: string,
): Promise<EventRun> {
  for (let tries = 1; ; tries++) {
    const run = await codeRun(execd, language.print(expression), { id, language: language.name });
    if (!hasLostOutput(run) || tries === PRINT_TRIES) return run;
  }
}

/** Whether a run that prints has succeeded without printing. */
export function hasLostOutput(run: EventRun): boolean {
  return hasSucceeded(run) && printedBy(run) === "";
}

const found = new Map<string, Promise<Language | undefined>>();

/**
 * A language that the subject runs, asked for once per daemon. Unverifiable where it runs none of those that the suite
 * speaks.
 */
export async function spokenLanguage(context: CheckContext, execd: Endpoint): Promise<Language> {
  const asked = found.get(execd.url) ?? firstSpoken(context, execd);
  found.set(execd.url, asked);
  const language = await asked;
  if (language === undefined) throw new Unverifiable("the subject runs neither python nor javascript");
  return language;
}

async function firstSpoken(context: CheckContext, execd: Endpoint): Promise<Language | undefined> {
  for (const language of [python, javascript]) {
    const [one, two] = [context.random.integer(100, 999), context.random.integer(100, 999)];
    // A daemon may never answer for a language that it does not have, and the context of a language is busy for a
    // moment after a run that was lost.
    const ask = (): Promise<EventRun | undefined> =>
      codeRun(execd, language.print(`${one} * ${two}`), { language: language.name }).catch(noAnswer);
    const run = await context.waitUntil(
      ask,
      (seen) => seen === undefined || !(isBusy(seen) || hasLostOutput(seen)),
      5_000,
    );
    if (run !== undefined && printedBy(run) === String(one * two)) return language;
  }
  return undefined;
}

function isBusy({ frames }: EventRun): boolean {
  return frames.some(({ message }) => message?.includes("busy") === true);
}

function noAnswer(error: unknown): undefined {
  if (!(error instanceof NoAnswer)) throw error;
  return undefined;
}
