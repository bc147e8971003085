import type { ExecutionEvent } from "@rxsandbox/protocol";
import fc from "fast-check";
import type { EnvelopeFrame } from "../byte-script/execution-frames.js";
import {
  errorEvent,
  executionCompleteEvent,
  executionCountEvent,
  initEvent,
  outputEvent,
  pingEvent,
  resultEvent,
  statusEvent,
} from "./execution-events.js";

/** A whole stream as a server may send it. */
export interface ExecutionStream {
  /** Everything in order; an envelope can only be the last. */
  readonly frames: readonly (ExecutionEvent | EnvelopeFrame)[];
  /** Index in `frames` of the frame that ends the execution. */
  readonly endIndex: number;
}

export interface StreamBounds {
  /** Most text events. Default 8. */
  readonly maxOutput?: number;
}

/** A foreground command (`execd.md` 2.4): `init`, output and pings, exactly one end, pings of the tail. */
export function commandStream(bounds: StreamBounds = {}): fc.Arbitrary<ExecutionStream> {
  return lineStream(bounds, fc.array(pingEvent(), { maxLength: 2 }), 1);
}

/** A session run: stdout only, closes at once; a timeout ends it with an envelope (`execd.md` 2.4). */
export function sessionStream(bounds: StreamBounds = {}): fc.Arbitrary<ExecutionStream> {
  const mapStdout = (stream: ExecutionStream): ExecutionStream => ({
    ...stream,
    frames: stream.frames.map((frame) =>
      "type" in frame && frame.type === "stderr" ? { ...frame, type: "stdout" as const } : frame,
    ),
  });
  return lineStream(bounds, fc.constant([]), 2).map(mapStdout);
}

/**
 * A code run: pieces of text, results, and frames that may follow `execution_complete`; `error` and
 * `execution_complete` in either order.
 */
export function codeStream({ maxOutput = 8 }: StreamBounds = {}): fc.Arbitrary<ExecutionStream> {
  const middle = fc.array(
    fc.oneof<fc.Arbitrary<ExecutionEvent>[]>(outputEvent("chunk"), pingEvent(), executionCountEvent(), resultEvent()),
    { maxLength: maxOutput },
  );
  const ends = fc.oneof<fc.Arbitrary<ExecutionEvent[]>[]>(
    executionCompleteEvent().map((complete) => [complete]),
    fc.tuple(statusEvent(), errorEvent(), executionCompleteEvent()),
    fc.tuple(executionCompleteEvent(), statusEvent(), errorEvent()),
  );
  return fc.tuple(initEvent(), middle, ends, middle).map(([init, before, end, after]) => {
    const frames = [init, ...before, ...end, ...after];
    return {
      frames,
      endIndex: frames.findIndex((frame) => frame.type === "error" || frame.type === "execution_complete"),
    };
  });
}

/** An error body as it ends a stream that has begun. */
export function envelopeFrame(): fc.Arbitrary<EnvelopeFrame> {
  return fc.record({
    code: fc.constantFrom("RUNTIME_ERROR", "UNKNOWN"),
    message: fc.constantFrom(
      "error running in session. timeout after 300ms",
      "error running codes session is busy",
      "error running commands failed to start commands: fork/exec",
    ),
  });
}

function lineStream(
  { maxOutput = 8 }: StreamBounds,
  tail: fc.Arbitrary<ExecutionEvent[]>,
  envelopeWeight: number,
): fc.Arbitrary<ExecutionStream> {
  const middle = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: outputEvent("line") as fc.Arbitrary<ExecutionEvent> },
      { weight: 1, arbitrary: pingEvent() },
    ),
    { maxLength: maxOutput },
  );
  const end = fc.oneof(
    { weight: 4, arbitrary: executionCompleteEvent() as fc.Arbitrary<ExecutionEvent | EnvelopeFrame> },
    { weight: 3, arbitrary: errorEvent() },
    { weight: envelopeWeight, arbitrary: envelopeFrame() },
  );
  return fc.tuple(initEvent(), middle, end, tail).map(([init, output, last, rest]) => {
    const isEnvelope = !("type" in last);
    return { frames: [init, ...output, last, ...(isEnvelope ? [] : rest)], endIndex: output.length + 1 };
  });
}
