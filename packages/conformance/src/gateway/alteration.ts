/** Which server a request is for: the lifecycle API, the daemon or the sidecar of a sandbox, or another port of one. */
export type GatewayPart = "lifecycle" | "execd" | "egress" | "other";

/** A request on its way to the server. */
export interface GatewayRequest {
  readonly part: GatewayPart;
  readonly method: string;
  /** Path and query below the part's base address, as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How many requests its connection has carried, this one included. */
  readonly nthOnConnection: number;
}

/** A whole answer. */
export interface GatewayAnswer {
  readonly status: number;
  /** Names in lower case; lengths and hop-by-hop headers are set by the gateway. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** A length to announce that the body does not have; the connection ends with the body. */
  readonly announcedBytes?: number;
}

/** One frame of an event stream, without its framing: an object of the server, or any text instead of one. */
export type StreamFrame = { readonly event: Readonly<Record<string, unknown>> } | { readonly text: string };

/**
 * What a stream does instead of a frame: `cut` ends the connection, `reset` resets it, `finish` ends the body at once,
 * `hang` sends nothing more.
 */
export interface StreamAct {
  readonly act: "cut" | "reset" | "finish" | "hang";
}

/**
 * One change to the traffic of a server. Whatever it leaves out passes unchanged, bytes and chunk borders included.
 *
 * An alteration may keep state in its closure: it belongs to one gateway.
 */
export interface Alteration {
  /** Changes a request, or answers it in the server's place. */
  readonly request?: (
    request: GatewayRequest,
  ) => GatewayRequest | GatewayAnswer | Promise<GatewayRequest | GatewayAnswer>;
  /** Changes a whole answer; event streams never come here. */
  readonly answer?: (answer: GatewayAnswer, request: GatewayRequest) => GatewayAnswer | Promise<GatewayAnswer>;
  /** Changes the headers of an event stream. */
  readonly streamHeaders?: (
    headers: Readonly<Record<string, string>>,
    request: GatewayRequest,
  ) => Readonly<Record<string, string>>;
  /** Changes the frames of an event stream; `undefined` leaves this one alone. */
  readonly stream?: (
    frames: AsyncIterable<StreamFrame>,
    request: GatewayRequest,
  ) => AsyncIterable<StreamFrame | StreamAct> | undefined;
  /** Spells a frame as the pieces in which it goes out; default the server's framing in one piece. */
  readonly spell?: (json: string, request: GatewayRequest) => readonly (string | Buffer)[];
  /** Changes a message of a WebSocket; no message drops it. */
  readonly message?: (message: SocketMessage, request: GatewayRequest) => readonly SocketMessage[];
}

/** A message of a WebSocket. */
export interface SocketMessage {
  readonly from: "client" | "server";
  readonly data: string | Buffer;
}

/** Whether what `request` gave is an answer. */
export function isAnswer(value: GatewayRequest | GatewayAnswer): value is GatewayAnswer {
  return "status" in value;
}
