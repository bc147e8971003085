import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { InvalidArgumentError, SandboxError, startLongTimer } from "@rxsandbox/transport";
import { readOptions, readSecondsAsMs } from "@rxsandbox/transport/calls";
import { executionEnd, type ExecutionEnd } from "../execution-end.js";
import type { FollowedText } from "../transcript/transcript.js";
import { writtenText, type OutputStream } from "./written-text.js";

/** Options of {@link waitForOutput}. */
export interface WaitForOutputOptions {
  /** Seconds after which it errors with `timeout`; 60 when absent. */
  readonly timeoutSeconds?: number;
}

/** The output that was waited for. */
export interface OutputMatch {
  /** What matched. */
  readonly text: string;
  /** The groups of the regular expression, the first one at 0; empty for a text. */
  readonly groups: readonly (string | undefined)[];
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** UTF-16 units in which a match has to lie, beside what has just come. */
const WINDOW = 4096;
/** How long a match at the very end may still grow. */
const SETTLE_MS = 250;
const WHAT = "Wait for output";

/**
 * Emits the first output that matches, and completes: for programs that say when they are ready.
 *
 * A text is looked for as it is, a regular expression with `^` and `$` at the ends of lines. Events of a run and of a
 * followed command will do; how the output is cut into events does not matter, and stdout and stderr are looked at
 * apart. A match that ends where the output ends may still grow, as `\d+` does: it counts after 250 ms without more
 * output. Errors: `timeout` after `timeoutSeconds`, `command-failed` when the command ends first, those of its source.
 * With the match it unsubscribes from its source, which ends a command that is not `detached`: to let it run on, use
 * `detached: true` or share its events. Bounds: a match has at most 4096 UTF-16 units beside the event that ends it;
 * no more is kept of each stream.
 *
 * @example
 * const events = sandbox.commands.run("echo starting; echo 'listening on port 8080'; sleep 60");
 * const { groups } = await lastValueFrom(events.pipe(waitForOutput(/port (\d+)/)));
 * groups; // => ["8080"]
 */
export function waitForOutput(
  pattern: string | RegExp,
  options: WaitForOutputOptions = {},
): OperatorFunction<ExecutionEvent | FollowedText, OutputMatch> {
  const find = finder(pattern);
  const { timeoutSeconds: timeoutMs = DEFAULT_TIMEOUT_MS } = readOptions(options, { timeoutSeconds: readSecondsAsMs });
  const shown = String(pattern).slice(0, 100);
  return (source) =>
    new Observable((subscriber) => {
      const kept = { stdout: "", stderr: "" };
      let end: ExecutionEnd | undefined;
      let cancelSettle = (): void => undefined;
      /** A match that may still grow, and where. */
      let open: { readonly stream: OutputStream; readonly match: OutputMatch } | undefined;

      const match = (found: OutputMatch): void => {
        subscriber.next(found);
        subscriber.complete();
      };
      const add = (stream: OutputStream, text: string): void => {
        const all = kept[stream] + text;
        const found = find(all);
        if (open?.stream === stream) {
          cancelSettle();
          open = undefined;
        }
        if (found !== undefined && (!found.mayGrow || all.length > text.length + WINDOW)) return match(found.match);
        if (found === undefined || open !== undefined) {
          kept[stream] = windowOf(all);
          return;
        }
        kept[stream] = all;
        open = { stream, match: found.match };
        cancelSettle = startLongTimer(SETTLE_MS, () => match(found.match));
      };

      subscriber.add(() => cancelSettle());
      subscriber.add(
        startLongTimer(timeoutMs, () => {
          if (open !== undefined) return match(open.match);
          const detail = `nothing matched ${shown} within ${timeoutMs / 1000} s`;
          subscriber.error(new SandboxError("timeout", { what: WHAT, detail }));
        }),
      );
      subscriber.add(
        source.subscribe({
          next: (event) => {
            if (event.type === "output") add("stdout", event.text);
            else if (event.type === "end") ({ end } = event);
            else if (event.type === "error" || event.type === "execution_complete") end = executionEnd(event);
            else if (event.type === "stdout" || event.type === "stderr") add(event.type, writtenText(event));
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            if (open !== undefined) return match(open.match);
            const detail = `the command ${ended(end)} before its output matched ${shown}`;
            subscriber.error(new SandboxError("command-failed", { what: WHAT, detail }));
          },
        }),
      );
    });
}

interface Found {
  readonly match: OutputMatch;
  /** Whether more output may make it longer. */
  readonly mayGrow: boolean;
}

function finder(pattern: string | RegExp): (text: string) => Found | undefined {
  if (typeof pattern === "string") {
    if (pattern === "" || pattern.length > WINDOW)
      throw new InvalidArgumentError("pattern", `must have 1 to ${WINDOW} characters, got ${pattern.length}`);
    const match = { text: pattern, groups: [] };
    return (text) => (text.includes(pattern) ? { match, mayGrow: false } : undefined);
  }
  if (!(pattern instanceof RegExp))
    throw new InvalidArgumentError("pattern", "must be a string or a regular expression");
  // Without "g" and "y": these begin where the last search stopped.
  const expression = new RegExp(pattern.source, `${pattern.flags.replace(/[gym]/g, "")}m`);
  return (text) => {
    const found = expression.exec(text);
    if (found === null) return undefined;
    const [all, ...groups] = found;
    return { match: { text: all, groups }, mayGrow: found.index + all.length === text.length };
  };
}

/** The end of a text that a match may still begin in, from the beginning of a line where there is one. */
function windowOf(text: string): string {
  if (text.length <= WINDOW) return text;
  const cut = text.length - WINDOW;
  const lineEnd = text.indexOf("\n", cut - 1);
  return text.slice(lineEnd === -1 ? cut : lineEnd + 1);
}

function ended(end: ExecutionEnd | undefined): string {
  if (end?.kind === "exited") return `exited with ${end.exitCode}`;
  return end?.kind === "signalled" ? `was ended by a signal (${end.signal})` : "ended";
}
