import type { ExecutionEvent, TextUnit } from "@rxsandbox/protocol";
import { ProtocolError, StreamTruncatedError, type TruncationDetails } from "../errors/errors.js";
import { createBareFraming } from "./bare-framing.js";
import { eventSizeLimit } from "./event-size.js";
import type { Framing, FrameTarget } from "./frame-target.js";
import { createFramingDetector } from "./framing.js";
import { knownFrame } from "./known-frame.js";
import { parseFrame, type ErrorEnvelope } from "./parse-frame.js";
import { createSseFraming } from "./sse-framing.js";

export interface EventDecoderOptions {
  /** What a text event of this endpoint is: `"line"` for commands and sessions, `"chunk"` for code (`execd.md` 2.3). */
  readonly unit: TextUnit;
  /** Largest event in bytes; 128 MiB unless given, never more than 256 MiB. */
  readonly maxEventBytes?: number | undefined;
}

/** What the decoder calls, synchronously, in the order of the stream. */
export interface EventSink {
  event(event: ExecutionEvent): void;
  /** The server reported a failure inside the stream (`execd.md` 2.2). Nothing but the end of body should follow. */
  envelope(envelope: ErrorEnvelope): void;
}

/** Decoder of one event stream. After a throw or `stop()` it takes nothing more: later calls do nothing. */
export interface EventDecoder {
  /** Bytes as they come; they may be overwritten after the call. Throws `protocol` and `event-too-large`. */
  push(bytes: Uint8Array): void;
  /**
   * End of body. Throws `stream-truncated` when an unfinished frame is left that is not JSON. Tells nothing about
   * terminal events.
   */
  end(): void;
  /** Ends the decoding, also from inside a sink call: the running `push` returns without calling the sink again. */
  stop(): void;
  /** What came so far, for an error that tells about a lost stream. */
  progress(): TruncationDetails;
}

/**
 * Creates the decoder of one execution stream: bytes in, events out, in one synchronous pass.
 *
 * Both framings of `execd.md` 2.1 are understood: bare JSON lines and standard SSE. Which one is decided at the first
 * line that is neither blank nor a comment. The events are the same for any chunking. A complete frame that is not
 * JSON, or neither an event nor an error envelope, is a `protocol` error, never dropped.
 *
 * Bounds: holds at most one unfinished event of `maxEventBytes` (and the chunk that completes it); linear in its size.
 */
export function createEventDecoder(options: EventDecoderOptions, sink: EventSink): EventDecoder {
  const { unit } = options;
  const maxEventBytes = eventSizeLimit(options.maxEventBytes);
  const detector = createFramingDetector();
  let framing: Framing | undefined;
  let atEnd = false;
  let events = 0;
  let bytes = 0;
  let commandId: string | undefined;
  let last: ExecutionEvent | undefined;

  function emit(event: ExecutionEvent): void {
    events++;
    last = event;
    if (event.type === "init") commandId = event.id;
    sink.event(event);
  }

  // A field, not an accessor: it is read before every frame.
  const target: FrameTarget & { stopped: boolean } = {
    stopped: false,
    frame(text, start, end) {
      const known = knownFrame(text, start, end, unit);
      if (known !== undefined) return emit(known);
      const parsed = parseFrame(text.slice(start, end), unit);
      if (parsed === undefined) throw unparsable();
      if ("event" in parsed) emit(parsed.event);
      else sink.envelope(parsed.envelope);
    },
    event: emit,
    stray(line) {
      const parsed = parseFrame(line, unit);
      if (parsed === undefined) throw unparsable();
      if ("event" in parsed) throw new ProtocolError("a bare frame inside a standard SSE stream");
      sink.envelope(parsed.envelope);
    },
  };

  function unparsable(): Error {
    if (!atEnd) return new ProtocolError("a frame is not JSON");
    return new StreamTruncatedError("the body ended inside a frame", progress());
  }

  function progress(): TruncationDetails {
    return { commandId, events, bytes, lastEventType: last?.type === "unknown" ? last.wireType : last?.type };
  }

  function detect(chunk: Uint8Array): void {
    const { used, kind } = detector.push(chunk);
    if (kind === undefined) return;
    framing =
      kind === "sse" ? createSseFraming(maxEventBytes, unit, target) : createBareFraming(maxEventBytes, unit, target);
    const held = detector.held();
    if (held.length > 0) framing.push(Uint8Array.from(held));
    framing.push(used === 0 ? chunk : chunk.subarray(used));
  }

  return {
    push(chunk) {
      if (target.stopped) return;
      bytes += chunk.length;
      let isDone = false;
      try {
        if (framing === undefined) detect(chunk);
        else framing.push(chunk);
        isDone = true;
      } finally {
        // After an error the state behind it is void: nothing may come out any more.
        if (!isDone) target.stopped = true;
      }
    },
    end() {
      if (target.stopped) return;
      atEnd = true;
      try {
        if (framing !== undefined) framing.end();
        else if (detector.held().length > 0) throw unparsable();
      } finally {
        target.stopped = true;
      }
    },
    stop() {
      target.stopped = true;
    },
    progress,
  };
}
