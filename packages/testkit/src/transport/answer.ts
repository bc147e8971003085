import type { TransportFailureKind } from "@rxsandbox/transport";
import type { ByteScript } from "../byte-script/byte-script.js";
import type { LiveBody } from "./live-body.js";
import type { RecordedRequest } from "./recorded-request.js";

/** An HTTP answer. At most one of `json`, `body` and `live` is given; none means an empty body. */
export interface HttpAnswer {
  /** Default 200. */
  readonly status?: number;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON with its content type. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array | ByteScript;
  /** A body that the test writes while it runs. */
  readonly live?: LiveBody;
  /** Milliseconds until the head. Default 0. */
  readonly delayMs?: number;
}

/** No answer at all. */
export interface FailureAnswer {
  readonly failure: TransportFailureKind;
  /** Default true, except for `connect`. */
  readonly sent?: boolean;
  readonly delayMs?: number;
}

/** The connection stays silent for ever. */
export type SilentAnswer = "silent";

export type Answer = HttpAnswer | FailureAnswer | SilentAnswer;

/**
 * One answer for every call; a list for the first, second, … call, whose last one repeats; or a function of the call.
 */
export type RouteScript = Answer | readonly Answer[] | ((request: RecordedRequest, call: number) => Answer);
