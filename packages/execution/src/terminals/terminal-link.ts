import { BehaviorSubject, takeWhile, type Observable } from "rxjs";
import { SandboxError, type SocketOpen } from "@rxsandbox/transport";
import { TerminalInput } from "./terminal-input.js";
import type { ReadConnectionOptions, TerminalSignal, TerminalSize } from "./terminal-options.js";
import type { TerminalBytes, TerminalOutput, TerminalState } from "./terminal-output.js";

/** Where a handle of a terminal begins. */
export interface TerminalLinkOptions {
  readonly id: string;
  readonly since: number;
  readonly takeover: boolean;
  readonly connection: ReadConnectionOptions;
  /**
   * Whether starting the shell once more does no harm: known only where this client made the session, without a
   * command.
   */
  readonly isPlainShell: boolean;
}

/** What one handle of a terminal knows across its connections. */
export class TerminalLink {
  readonly options: TerminalLinkOptions;
  /** Begins with the present one; completes with `ended`. */
  readonly state: Observable<TerminalState>;
  private readonly states = new BehaviorSubject<TerminalState>("idle");
  readonly input = new TerminalInput();
  /** Of the next byte to be emitted. */
  offset: number;
  exitCode: number | undefined;
  private size: TerminalSize | undefined;
  private socket: SocketOpen | undefined;

  constructor(options: TerminalLinkOptions) {
    this.options = options;
    this.offset = options.since;
    this.size = options.connection.size;
    this.state = this.states.pipe(takeWhile((state) => state !== "ended", true));
  }

  /** The connection works: what waited goes out. */
  open(socket: SocketOpen): void {
    this.socket = socket;
    if (this.size !== undefined) this.sendSize(this.size);
    this.input.open(socket);
    this.states.next("open");
  }

  close(state: TerminalState): void {
    this.socket = undefined;
    this.input.close();
    if (this.states.value !== state) this.states.next(state);
  }

  end(exitCode: number): void {
    this.exitCode = exitCode;
    this.input.end();
    this.close("ended");
  }

  resize(size: TerminalSize): void {
    this.size = size;
    this.sendSize(size);
  }

  signal(signal: TerminalSignal): void {
    if (this.socket === undefined)
      throw new SandboxError("invalid-state", {
        what: "Signal terminal",
        detail: `it is ${this.states.value}, not open`,
      });
    this.socket.send(JSON.stringify({ type: "signal", signal }));
  }

  /** Items for bytes at an offset: nothing twice, and a gap where some are missing. */
  take(stream: TerminalBytes["stream"], bytes: Uint8Array, offset: number): TerminalOutput[] {
    const items = this.gapUntil(offset);
    const fresh = bytes.subarray(Math.max(0, this.offset - offset));
    if (fresh.length > 0) {
      items.push({ type: "output", stream, bytes: fresh, offset: this.offset });
      this.offset += fresh.length;
    }
    return items;
  }

  /** The gap from here to an offset, if there is one. */
  gapUntil(offset: number): TerminalOutput[] {
    if (offset <= this.offset) return [];
    const gap: TerminalOutput = { type: "gap", offset: this.offset, missingBytes: offset - this.offset };
    this.offset = offset;
    return [gap];
  }

  private sendSize(size: TerminalSize): void {
    this.socket?.send(JSON.stringify({ type: "resize", ...size }));
  }
}
