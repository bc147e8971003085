import type { Observable } from "rxjs";
import type { ApiRequest } from "./api.js";
import type { SocketPart } from "./transport.js";

/** One WebSocket of an API, relative to its base address. */
export interface SocketCall extends Pick<ApiRequest, "what" | "path" | "query"> {
  /** Milliseconds until it is open; absent means the client's request timeout. */
  readonly timeoutMs?: number;
}

/** The WebSockets of an HTTP API at one base address. */
export interface Sockets {
  /**
   * Opens one and emits its parts; see {@link SocketPart}.
   *
   * Producer: each subscription opens one, once: a handshake is never repeated here. Errors: always a `SandboxError`;
   * `unsupported` where the address asks for headers and the platform's WebSocket has none; `network` for a refused
   * handshake too, whose status no platform tells. Unsubscribe closes it.
   */
  connect(call: SocketCall): Observable<SocketPart>;
}
