import type { Socket } from "node:net";
import { Client, buildConnector, type Dispatcher } from "undici";

/** What undici gives as reason to whatever still hangs on a dropped connection. */
const dropped = new Error("the connection was dropped");

/** Opens sockets; shared, since it remembers TLS sessions. */
export type Connect = buildConnector.connector;

/** What the connections of one transport have in common. */
export interface ConnectionOptions {
  readonly connect: Connect;
  /** Milliseconds that an idle connection is kept at most; a shorter `Keep-Alive` hint of the server shortens it. */
  readonly keepAliveMs: number;
}

/**
 * One connection that carries one request at a time, with a handle on its socket, which undici's own pools do not give
 * away.
 */
export class Connection {
  readonly dispatcher: Dispatcher;
  private socket: Socket | undefined;
  private isDetached = false;
  private isDropped = false;

  constructor(
    origin: string,
    { connect, keepAliveMs }: ConnectionOptions,
    onDisconnect: (connection: Connection) => void,
  ) {
    this.dispatcher = new Client(origin, {
      pipelining: 1,
      allowH2: false,
      // Times are the transport's own business: a live stream has none.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      // Caps the server's `Keep-Alive: timeout=…`, which knows nothing of a load balancer in between.
      keepAliveMaxTimeout: keepAliveMs,
      connect: (options, callback) => {
        // Undici's connector gives the socket back before it is connected, though its type does not say so: it is
        // needed to stop connecting.
        this.socket = connect(options, callback) as unknown as Socket | undefined;
      },
    });
    this.dispatcher.on("disconnect", () => onDisconnect(this));
  }

  /** From now on the running response does not keep the process alive. */
  detach(): void {
    this.isDetached = true;
    this.socket?.unref();
  }

  /** The next request keeps the process alive again: undici does not know what {@link detach} did. */
  attach(): void {
    if (!this.isDetached) return;
    this.isDetached = false;
    this.socket?.ref();
  }

  private reset(): void {
    try {
      this.socket?.resetAndDestroy();
    } catch {
      // Only plain TCP can be reset; others are closed by what follows.
    }
  }

  /**
   * Tells the server that nothing more comes and that nobody waits for its answer, but still reads; false where there
   * is no open socket.
   */
  hangUp(): boolean {
    if (this.isDropped || this.socket?.writable !== true) return false;
    this.socket.end();
    return true;
  }

  /** Closes it at once, also while it is being opened; with a reset where asked for and possible. */
  drop(isReset = false): void {
    if (this.isDropped) return;
    this.isDropped = true;
    if (isReset) this.reset();
    void this.dispatcher.destroy(dropped);
    this.socket?.destroy();
  }
}
