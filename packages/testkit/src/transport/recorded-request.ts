import type { TransportRequest } from "@rxsandbox/transport";

/** How an exchange ended, seen from the client: answer read whole, failure below HTTP, or unsubscribed first. */
export type ExchangeEnd = "complete" | "failed" | "aborted";

/** One call that a client made, and what became of it. */
export interface RecordedRequest extends TransportRequest {
  /** Which method of the transport was used. */
  readonly via: "request" | "open";
  /** Path without query, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What the `:name` segments of the route matched, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Undefined while it runs. */
  readonly end: ExchangeEnd | undefined;
  /** Whether the client has said that this response must not hold the process. */
  readonly isDetached: boolean;
  readonly isPaused: boolean;
  /** The bytes of the body as far as they were read; a stream or a Blob is read before the answer. */
  bodyBytes(): Uint8Array;
  bodyText(): string;
  /** The body parsed as JSON; `null` without body. */
  json(): unknown;
}

/** The same while the test transport still writes to it. */
export interface OpenRecord extends RecordedRequest {
  end: ExchangeEnd | undefined;
  isDetached: boolean;
  isPaused: boolean;
  receive(bytes: Uint8Array): void;
}

export function recordRequest(
  via: "request" | "open",
  request: TransportRequest,
  params: Readonly<Record<string, string>>,
): OpenRecord {
  const url = new URL(request.url);
  const { body } = request;
  let received =
    typeof body === "string"
      ? new TextEncoder().encode(body)
      : body instanceof Uint8Array
        ? Uint8Array.from(body)
        : new Uint8Array(0);
  const bodyText = (): string => new TextDecoder().decode(received);
  return {
    ...request,
    via,
    path: url.pathname,
    query: url.searchParams,
    params,
    end: undefined,
    isDetached: false,
    isPaused: false,
    receive(bytes) {
      const joined = new Uint8Array(received.length + bytes.length);
      joined.set(received);
      joined.set(bytes, received.length);
      received = joined;
    },
    bodyBytes: () => received,
    bodyText,
    json: () => (received.length === 0 ? null : JSON.parse(bodyText())),
  };
}
