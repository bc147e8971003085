import type { ExecutionEvent } from "@rxsandbox/protocol";
import { StreamTruncatedError, type TruncationDetails } from "@rxsandbox/transport";

/**
 * Time between a ping and a terminal event after which the body ends without another ping: pings come every 3 s, the
 * body ends 1 s after its terminal event (`execd.md` 2.2, 2.4); the rest is a margin.
 */
const QUIET_MS = 1800;

/** Where a run stands, between the daemon and its subscriber. */
export type RunState =
  /** Nothing has been sent. */
  | { readonly kind: "unsent" }
  /** The remote execution may be running, and ends when the subscriber leaves. */
  | {
      readonly kind: "running";
      readonly id: string | undefined;
      readonly pingedAt: number;
      readonly isUnreadable: boolean;
    }
  /** The remote execution has ended. Its frames are passed on until the end of the body (`toBodyEnd`). */
  | { readonly kind: "ended"; readonly hasFailed: boolean; readonly pingedAt: number; readonly isQuiet: boolean }
  /** The subscriber gets its end. The body is still open, and nothing of it is decoded any more. */
  | { readonly kind: "told"; readonly isQuiet: boolean }
  /** The subscriber left before the id came. The stream is read for the id of what has to be interrupted. */
  | { readonly kind: "searching"; readonly pingedAt: number; readonly isQuiet: boolean; readonly isDropped: boolean }
  /** Nobody listens, and the body is read to its end. */
  | { readonly kind: "drained" }
  /** The body has ended or was closed. */
  | { readonly kind: "closed" };

/** How the search for an id ended: with the id, with an execution that is over or never began, or without knowing. */
export type SearchEnd = "found" | "over" | "unknown";

/** What happens to a run. */
export type RunInput =
  /** The request is about to be sent, for the first time or again. */
  | { readonly kind: "attempt" }
  | { readonly kind: "event"; readonly event: ExecutionEvent }
  /** The daemon reported a failure of the request in place of an event. */
  | { readonly kind: "envelope"; readonly error: unknown }
  /** A frame could not be decoded. The server goes on as if nothing had happened. */
  | { readonly kind: "unreadable"; readonly error: unknown }
  | { readonly kind: "body-end"; readonly progress: TruncationDetails }
  /** Nothing has come for too long, and the sandbox's state does not explain it. */
  | { readonly kind: "stall"; readonly error: unknown }
  /** The request failed, or its connection broke. */
  | { readonly kind: "failure"; readonly error: unknown }
  /** The subscriber is gone: it unsubscribed, or it has its end. */
  | { readonly kind: "leave" }
  | { readonly kind: "search-end"; readonly end: SearchEnd };

/** What has to be done, in the order given. */
export type RunAction =
  | { readonly kind: "emit"; readonly event: ExecutionEvent }
  | { readonly kind: "complete" }
  /** Errors as it is. */
  | { readonly kind: "error"; readonly error: unknown }
  /** Errors with what the sandbox's state adds to the cause. */
  | { readonly kind: "explain"; readonly error: unknown }
  | { readonly kind: "interrupt"; readonly id: string }
  /** Reads on for the id, then interrupts; its end is the input `search-end`. */
  | { readonly kind: "search" }
  | { readonly kind: "search-found"; readonly id: string }
  | { readonly kind: "search-over" }
  | { readonly kind: "search-failed"; readonly error: unknown }
  /**
   * Reads the body to its end. `isQuiet`: the daemon writes no ping before that. `isSparing`: what is aborted must not
   * harm others.
   */
  | { readonly kind: "drain"; readonly isQuiet: boolean; readonly isSparing: boolean }
  /** Closes the stream. */
  | { readonly kind: "abort" };

/** What does not change during a run. */
export interface RunRules {
  /** Leaving ends the remote execution by an interrupt; else by closing the stream. */
  readonly canInterrupt: boolean;
  /** Frames follow the terminal event, until the end of the body. */
  readonly toBodyEnd: boolean;
}

export type RunStep = readonly [state: RunState, actions: readonly RunAction[]];

/** Whether events are passed on, and an attempt may be sent: the subscriber is there and waits for its end. */
export function isListening({ kind }: RunState): boolean {
  return kind === "running" || kind === "ended";
}

/** Whether bytes of the body still tell something. */
export function isDecoding({ kind }: RunState): boolean {
  return kind !== "told" && kind !== "drained" && kind !== "closed";
}

/**
 * Decides what a run does next: the one place where it gets exactly one end (`execd.md` 2.4). It has no effects and no
 * clock.
 *
 * A state is entered before its actions are performed, so an input that an action causes meets the new state: whoever
 * leaves with the terminal event in hand interrupts nothing.
 */
export function settle(state: RunState, input: RunInput, rules: RunRules): RunStep {
  switch (input.kind) {
    case "attempt":
      return attempt(state);
    case "event":
      return receive(state, input.event, rules);
    case "envelope":
      return receiveEnvelope(state, input.error);
    case "unreadable":
      return giveUpReading(state, input.error);
    case "stall":
      // The execution goes on as far as anybody knows, so that leaving ends it.
      return [state, isListening(state) ? [{ kind: "error", error: input.error }] : NOTHING];
    case "body-end":
      return endBody(state, input.progress);
    case "failure":
      return fail(state, input.error);
    case "leave":
      return leave(state, rules);
    case "search-end":
      return endSearch(state, input.end);
  }
}

const NOTHING: readonly RunAction[] = [];

function attempt(state: RunState): RunStep {
  if (state.kind === "unsent") return [{ kind: "running", id: undefined, pingedAt: 0, isUnreadable: false }, NOTHING];
  // It waited to be repeated when the subscriber left, so it never goes out: the body ends without a head.
  return [state.kind === "searching" ? { ...state, isDropped: true } : state, NOTHING];
}

function receive(state: RunState, event: ExecutionEvent, { toBodyEnd }: RunRules): RunStep {
  const isTerminal = event.type === "error" || event.type === "execution_complete";
  const isPing = event.type === "init" || event.type === "ping";
  if (state.kind === "searching") {
    if (isTerminal) return [{ ...state, isQuiet: isQuietAfter(state.pingedAt, event) }, [{ kind: "search-over" }]];
    return [
      isPing ? { ...state, pingedAt: event.timestamp } : state,
      event.type === "init" ? [{ kind: "search-found", id: event.id }] : NOTHING,
    ];
  }
  if (state.kind !== "running" && state.kind !== "ended") return [state, NOTHING];
  const emit = { kind: "emit", event } as const;
  if (isTerminal) {
    const isQuiet = isQuietAfter(state.pingedAt, event);
    if (!toBodyEnd) return [{ kind: "told", isQuiet }, [emit, { kind: "complete" }]];
    const hasFailed = event.type === "error" || (state.kind === "ended" && state.hasFailed);
    return [{ kind: "ended", hasFailed, pingedAt: state.pingedAt, isQuiet }, [emit]];
  }
  if (!isPing) return [state, [emit]];
  const pinged = { ...state, pingedAt: event.timestamp };
  return [
    pinged.kind === "running" && event.type === "init" ? { ...pinged, id: pinged.id ?? event.id } : pinged,
    [emit],
  ];
}

function isQuietAfter(pingedAt: number, { timestamp }: ExecutionEvent): boolean {
  return timestamp - pingedAt < QUIET_MS;
}

function receiveEnvelope(state: RunState, error: unknown): RunStep {
  if (state.kind === "searching") return [state, [{ kind: "search-over" }]];
  if (!isListening(state)) return [state, NOTHING];
  // After an error event it tells the same failure once more (`execd.md` 2.4, SQL).
  const isRepeated = state.kind === "ended" && state.hasFailed;
  const isQuiet = state.kind === "ended" ? state.isQuiet : true;
  return [{ kind: "told", isQuiet }, [isRepeated ? { kind: "complete" } : { kind: "explain", error }]];
}

function giveUpReading(state: RunState, error: unknown): RunStep {
  if (state.kind === "searching") return [state, [{ kind: "search-failed", error }]];
  if (!isListening(state)) return [state, NOTHING];
  // The execution goes on, so that leaving ends it.
  return [state.kind === "running" ? { ...state, isUnreadable: true } : state, [{ kind: "error", error }]];
}

function endBody(state: RunState, progress: TruncationDetails): RunStep {
  if (state.kind === "ended") return [{ kind: "closed" }, [{ kind: "complete" }]];
  if (state.kind === "searching" && state.isDropped) return [state, [{ kind: "search-over" }]];
  return fail(state, new StreamTruncatedError({ detail: "the stream ended without an end event" }, progress));
}

function fail(state: RunState, error: unknown): RunStep {
  switch (state.kind) {
    case "searching":
      return [state, [{ kind: "search-failed", error }]];
    case "unsent":
    case "running":
    case "ended":
      // The server's side is over or unknown: nothing is left to interrupt.
      return [{ kind: "closed" }, [{ kind: "explain", error }]];
    case "told":
      return [{ kind: "closed" }, NOTHING];
    default:
      return [state, NOTHING];
  }
}

function leave(state: RunState, { canInterrupt }: RunRules): RunStep {
  switch (state.kind) {
    case "unsent":
      return [{ kind: "closed" }, [{ kind: "abort" }]];
    case "running":
      if (!canInterrupt || (state.isUnreadable && state.id === undefined))
        return [{ kind: "closed" }, [{ kind: "abort" }]];
      // A disconnect has no effect on the command: aborting now would orphan it (`execd.md` 2.4).
      if (state.id === undefined)
        return [{ kind: "searching", pingedAt: state.pingedAt, isQuiet: true, isDropped: false }, [{ kind: "search" }]];
      return [
        { kind: "drained" },
        [
          { kind: "interrupt", id: state.id },
          { kind: "drain", isQuiet: false, isSparing: true },
        ],
      ];
    case "ended":
    case "told":
      return [{ kind: "drained" }, [{ kind: "drain", isQuiet: state.isQuiet, isSparing: false }]];
    default:
      return [state, NOTHING];
  }
}

function endSearch(state: RunState, end: SearchEnd): RunStep {
  if (state.kind !== "searching") return [state, NOTHING];
  if (end === "unknown") return [{ kind: "closed" }, [{ kind: "abort" }]];
  const isOver = end === "over";
  return [{ kind: "drained" }, [{ kind: "drain", isQuiet: isOver && state.isQuiet, isSparing: !isOver }]];
}
