/** A message of a WebSocket: text, or bytes. */
export type SocketData = string | Buffer;

/** A WebSocket whose handshake is over. */
export interface MessageSocket {
  /** 101, or the status with which the handshake was refused. */
  readonly status: number;
  /** Every message so far, in order. */
  readonly messages: readonly SocketData[];
  /**
   * Present when the socket is closed, by its connection or by close frames of both sides; 1006 without a close frame.
   */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  /** Whether the other side left the connection open after the close frames, so that this side had to end it. */
  readonly isLeftOpen: boolean;
  send(data: string | Uint8Array): void;
  /** Resolves as soon as `holds` does, when the socket closes, or after 10 s without a message. Never rejects. */
  until(holds: (messages: readonly SocketData[]) => boolean): Promise<void>;
  /** Resolves when the socket is closed, or after 10 s without a message. */
  untilClosed(): Promise<void>;
  /**
   * Closes with a close frame and waits for the answer, at most 5 s, but hardly for the end of the connection: some
   * servers never end it.
   */
  close(): Promise<void>;
}
