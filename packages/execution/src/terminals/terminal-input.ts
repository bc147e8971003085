import { InvalidArgumentError, SandboxError, toBytes, type Bytes, type SocketOpen } from "@rxsandbox/transport";
import { inputFrames } from "./terminal-frame.js";

/** Bytes of input that wait, for a connection or in one. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** The input of one terminal: kept while there is no connection, in order, at most 16 MiB. */
export class TerminalInput {
  private readonly waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private socket: SocketOpen | undefined;
  private isEnded = false;

  /** Throws `limit-exceeded`, and takes nothing, when too much waits. After the end of the shell it does nothing. */
  write(data: string | Bytes): void {
    const input = typeof data === "string" ? data : toBytes(data);
    if (input === undefined)
      throw new InvalidArgumentError("data", "must be a string or bytes (an ArrayBuffer or a view on one)");
    if (this.isEnded) return;
    const frames = inputFrames(input);
    const size = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (size + this.waitingBytes + (this.socket?.bufferedBytes() ?? 0) > MAX_WAITING_BYTES) {
      throw new SandboxError("limit-exceeded", {
        what: "Terminal input",
        detail: `more than ${MAX_WAITING_BYTES} bytes wait for the terminal`,
      });
    }
    if (this.socket === undefined) {
      this.waiting.push(...frames);
      this.waitingBytes += size;
    } else for (const frame of frames) this.socket.send(frame);
  }

  /** Sends what waited; from now on input goes out at once. */
  open(socket: SocketOpen): void {
    this.socket = socket;
    for (const frame of this.waiting.splice(0)) socket.send(frame);
    this.waitingBytes = 0;
  }

  /** Input waits again. What was handed to the connection may be lost; it is never sent twice. */
  close(): void {
    this.socket = undefined;
  }

  end(): void {
    this.isEnded = true;
    this.close();
    this.waiting.length = 0;
  }
}
