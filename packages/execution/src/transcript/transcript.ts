import { Observable, ignoreElements, tap, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { integerFrom, readOptions, readPositive } from "@rxsandbox/transport/calls";
import { executionEnd, type ExecutionEnd } from "../execution-end.js";
import { DEFAULT_PING_MS, signOf, watchLiveness, type Liveness } from "../operators/liveness.js";
import { isOutput, writtenText } from "../operators/written-text.js";
import { LineBuffer, type TranscriptLine } from "./line-buffer.js";

/** The events of a command that is followed; `commands.follow` emits them. */
export type FollowedText =
  | { readonly type: "started" }
  | { readonly type: "output"; readonly text: string }
  | { readonly type: "reconnecting" }
  | { readonly type: "end"; readonly end: ExecutionEnd };

/** Options of {@link transcript}. */
export interface TranscriptOptions {
  /** Lines that are kept; 10,000 when absent. */
  readonly maxLines?: number;
  /** Bytes of text that are kept, in UTF-8; 16 MiB when absent. The last whole line is always kept. */
  readonly maxBytes?: number;
  /** Milliseconds between two snapshots. When absent, one animation frame where there are frames, else 50 ms. */
  readonly frameMs?: number;
  /** Milliseconds between two pings of the server; 3000 when absent (`execd.md` 2.2). */
  readonly pingMs?: number;
}

/** What a user interface shows of a run. A snapshot never changes. */
export interface Transcript {
  /** The last lines, in the order in which they began. */
  readonly lines: readonly TranscriptLine[];
  /** Number of the first line of `lines`: so many lines came before it and were dropped. */
  readonly firstLine: number;
  /** Whether the last line may still grow. */
  readonly isLastLineOpen: boolean;
  /** How the run ended; `null` while it has not. */
  readonly end: ExecutionEnd | null;
  readonly liveness: Liveness;
}

const DEFAULT_MAX_LINES = 10_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const DEFAULT_FRAME_MS = 50;
/** A minute: whoever wants fewer snapshots samples them. */
const LONGEST_FRAME_MS = 60_000;

/**
 * Turns a run, or a command that is followed, into snapshots for a user interface.
 *
 * Emits an empty transcript at subscribe, then at most one per frame while something changes, and the last one when its
 * source ends. A line that did not change is the same object in the next snapshot. Output is shown in the order of its
 * arrival, its streams marked. A carriage return starts the line again: what follows replaces it. Foreground runs of a
 * real daemon split lines there instead (`execd.md` 2.3); code and followed commands do not. Completes with its source.
 * An error of its source comes after a last snapshot with all that arrived. Unsubscribe unsubscribes from the run,
 * which ends it. Bounds: `maxLines` and `maxBytes`; the first lines are dropped. A line of more than 16,384 UTF-16
 * units is wrapped.
 *
 * @example
 * const events = sandbox.commands.run("echo one; echo two >&2");
 * const { lines, end } = await lastValueFrom(events.pipe(transcript()));
 * lines.map(({ text }) => text).sort(); // => ["one", "two"]
 * end; // => { kind: "exited", exitCode: 0 }
 */
export function transcript(
  options: TranscriptOptions = {},
): OperatorFunction<ExecutionEvent | FollowedText, Transcript> {
  const {
    maxLines = DEFAULT_MAX_LINES,
    maxBytes = DEFAULT_MAX_BYTES,
    frameMs,
    pingMs = DEFAULT_PING_MS,
  } = readOptions(options, {
    maxLines: integerFrom(1),
    maxBytes: integerFrom(0),
    frameMs: readPositive,
    pingMs: readPositive,
  });
  return (source) =>
    new Observable((subscriber) => {
      const buffer = new LineBuffer(maxLines, maxBytes);
      let end: ExecutionEnd | null = null;
      let liveness: Liveness = "connecting";
      let isFollowed = false;
      let cancelFrame: (() => void) | undefined;

      function emit(): void {
        cancelFrame = undefined;
        const { lines, truncatedLines: firstLine, isLastLineOpen } = buffer.lines();
        subscriber.next({ lines, firstLine, isLastLineOpen, end, liveness });
      }

      function change(): void {
        cancelFrame ??= onNextFrame(frameMs, emit);
      }

      const watch = watchLiveness(
        pingMs,
        (state) => {
          liveness = state;
          change();
        },
        () => !isFollowed,
      );

      function read(event: ExecutionEvent | FollowedText): void {
        switch (event.type) {
          case "started":
          case "reconnecting":
            isFollowed = true;
            return watch.see(event.type === "started" ? "ping" : "reconnecting");
          case "output":
            isFollowed = true;
            watch.see("output");
            buffer.write("output", event.text);
            return change();
          case "end":
            end = event.end;
            return watch.see("end");
          default:
            watch.see(signOf(event));
        }
        if (event.type === "error" || event.type === "execution_complete") {
          // Of two ends of code the error counts.
          if (end === null || event.type === "error") end = executionEnd(event);
          change();
        } else if (isOutput(event)) {
          buffer.write(event.type, writtenText(event));
          change();
        }
      }

      function finish(): void {
        watch.see("end");
        watch.stop();
        buffer.end();
        cancelFrame?.();
        emit();
      }

      subscriber.add(() => {
        watch.stop();
        cancelFrame?.();
      });
      emit();
      const shown = source.pipe(tap({ next: read, error: finish, complete: finish }), ignoreElements());
      subscriber.add(shown.subscribe(subscriber));
    });
}

/** Calls back once, in the next frame. Returns a function that cancels the call. */
function onNextFrame(frameMs: number | undefined, call: () => void): () => void {
  const frames = globalThis as {
    readonly requestAnimationFrame?: (callback: () => void) => number;
    readonly cancelAnimationFrame?: (id: number) => void;
  };
  if (frameMs === undefined && frames.requestAnimationFrame !== undefined) {
    const id = frames.requestAnimationFrame(call);
    return () => frames.cancelAnimationFrame?.(id);
  }
  const timer = setTimeout(call, Math.min(frameMs ?? DEFAULT_FRAME_MS, LONGEST_FRAME_MS));
  return () => clearTimeout(timer);
}
