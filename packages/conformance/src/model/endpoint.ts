import type { AccessPath } from "./subject.js";
import type { Capture } from "./operation.js";
import type { MessageSocket } from "./message-socket.js";
import type { WireExchange } from "./wire-exchange.js";

/** One request; everything that is not given is left out of it. */
export interface CallRequest {
  readonly method: string;
  /** Path and query below the endpoint's base address, already encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; `json` is serialized and gets its content type. */
  readonly body?: string | Uint8Array;
  readonly json?: unknown;
  /** Leaves the key and the endpoint's own headers away. */
  readonly isAnonymous?: boolean;
  /**
   * Shares a kept-alive connection with the other requests of this name; default a connection of its own, closed after
   * the answer.
   */
  readonly connection?: string;
  /**
   * Milliseconds without a byte after which the exchange ends in `silence`; at least and by default 10,000, lifecycle
   * 60,000.
   */
  readonly idleMs?: number;
  /** Ends the exchange as soon as it holds; called with what has come so far. */
  readonly until?: (soFar: WireExchange) => boolean;
  /** Names values of the answer that later requests will contain. */
  readonly captures?: readonly (Omit<Capture, "symbol"> & { readonly name: string })[];
}

/** A request that was sent and whose answer is still coming. */
export interface OpenExchange {
  /** What has come so far. */
  readonly soFar: WireExchange;
  /** Resolves as soon as `holds` does, at once when it does already, or at the end of the exchange. Never rejects. */
  until(holds: (soFar: WireExchange) => boolean): Promise<WireExchange>;
  /** Resolves at the end of the exchange, whatever it is. */
  readonly finished: Promise<WireExchange>;
  /** Closes the connection; the end is `client`. */
  hangUp(): void;
}

/**
 * A server under test as checks see it: every exchange is recorded, counted against the request budget, and watched.
 */
export interface Endpoint {
  readonly name: "lifecycle" | "execd" | "egress";
  readonly access: AccessPath;
  /** The base address. */
  readonly url: string;
  /**
   * Sends a request and waits for the end of its answer. Rejects with `NoAnswer` when no head came; with a head, every
   * end resolves.
   */
  call(request: CallRequest): Promise<WireExchange>;
  /** Sends a request and gives the exchange while it runs. Never rejects. */
  open(request: CallRequest): OpenExchange;
  /**
   * Opens a WebSocket, refused or not. Rejects with `NoAnswer` when no answer came. The reproducer has its handshake
   * and what came, not what was sent in it.
   */
  connect(path: string): Promise<MessageSocket>;
}
