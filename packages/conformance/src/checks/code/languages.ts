import type { CheckContext } from "../../check/check-context.js";
import type { Endpoint } from "../../check/endpoint.js";
import { Unverifiable } from "../../check/outcome.js";
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
export function codeRun(execd: Endpoint, code: string, context: Readonly<Record<string, unknown>>): Promise<EventRun> {
  return eventRun(execd, "/code", { code, context }, { toEndOfBody: true, idleMs: 30_000 });
}

/** Everything that was printed, whatever its chunks: code is streamed as it comes and not by lines (`execd.md` 2.3). */
export function printedBy(run: EventRun): string {
  return run.frames.flatMap(({ type, text }) => (type === "stdout" && typeof text === "string" ? [text] : [])).join("").trim();
}

/** Whether a run ended as a success; an error wins over a completion beside it. */
export function hasSucceeded(run: EventRun): boolean {
  return run.frames.some(({ type }) => type === "execution_complete") && !run.frames.some(({ type, code }) => type === "error" || (type === undefined && code !== undefined));
}

const found = new Map<string, Promise<Language | undefined>>();

/** A language that the subject runs, asked for once per daemon. Unverifiable where it runs none of those that the suite speaks. */
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
    const run = await codeRun(execd, language.print(`${one} * ${two}`), { language: language.name });
    if (printedBy(run) === String(one * two)) return language;
  }
  return undefined;
}
