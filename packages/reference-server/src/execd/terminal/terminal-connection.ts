import type { RawData, WebSocket } from "ws";

import { encodeJson } from "../../shared/go-json/encode-json.js";
import type { Terminal, TerminalClient } from "./terminal.js";
import type { StartShell, TerminalMode, TerminalStream } from "./terminal-shell.js";

/** How long a connection may be silent; a ping goes out every half of it (`execd.md` 9, Keep-alive). */
const SILENCE_MS = 60_000;
/** Payload of one output frame. */
const MAX_PAYLOAD = 32 * 1024;
/** Bytes on their way to the client, or input on its way to the shell, beyond which the other side has to wait. */
const MAX_PENDING = 1024 * 1024;
const CLOSE_WAIT_MS = 5000;
const SIGNALS: readonly string[] = ["SIGINT", "SIGTERM", "SIGKILL", "SIGQUIT", "SIGHUP"];
const STDIN = 0;
const OUTPUT: Readonly<Record<TerminalStream, number>> = { stdout: 1, stderr: 2 };
const REPLAY = 3;

/**
 * Serves one WebSocket that holds a terminal, until the shell ends, somebody takes over or it is closed (`execd.md` 9).
 */
export class TerminalConnection implements TerminalClient {
  readonly #terminal: Terminal;
  readonly #socket: WebSocket;
  readonly #pinging: NodeJS.Timeout;
  #heardAtMs = performance.now();
  /** Output goes out after the replay only, which holds it already. */
  #isLive = false;
  #isHolding = false;

  constructor(terminal: Terminal, socket: WebSocket) {
    this.#terminal = terminal;
    this.#socket = socket;
    this.#pinging = setInterval(() => this.#ping(), SILENCE_MS / 2);
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => (this.#heardAtMs = performance.now()));
    // A broken connection closes as well.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(this.#pinging);
      terminal.detach(this);
    });
  }

  /** Starts the shell where none runs, replays, and goes on with what it writes. */
  async begin(startShell: StartShell, since: number): Promise<void> {
    let mode: TerminalMode;
    try {
      ({ mode } = await this.#terminal.start(startShell));
    } catch (error) {
      this.#fail("START_FAILED", error instanceof Error ? error.message : String(error));
      return;
    }
    const replay = this.#terminal.since(since);
    if (replay !== undefined) {
      const head = Buffer.alloc(9);
      head[0] = REPLAY;
      head.writeBigUInt64BE(BigInt(replay.offset), 1);
      this.#socket.send(Buffer.concat([head, replay.bytes]));
    }
    this.#text({ type: "connected", session_id: this.#terminal.id, mode });
    this.#isLive = true;
  }

  output(stream: TerminalStream, bytes: Buffer): void {
    if (!this.#isLive) return;
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) {
      const part = bytes.subarray(at, at + MAX_PAYLOAD);
      const frame = Buffer.allocUnsafe(part.length + 1);
      frame[0] = OUTPUT[stream];
      part.copy(frame, 1);
      this.#socket.send(frame, () => this.#sent());
    }
    if (this.#isHolding || this.#socket.bufferedAmount <= MAX_PENDING) return;
    this.#isHolding = true;
    this.#terminal.shell?.pauseOutput();
  }

  exited(exitCode: number): void {
    this.#text({ type: "exit", exit_code: exitCode });
    this.#close(1000, "process exited");
  }

  takenOver(): void {
    this.#close(4001, "TAKEN_OVER");
  }

  inputFailed(message: string): void {
    this.#fail("STDIN_WRITE_FAILED", message);
  }

  drained(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  #sent(): void {
    if (!this.#isHolding || this.#socket.bufferedAmount > MAX_PENDING / 2) return;
    this.#isHolding = false;
    this.#terminal.shell?.resumeOutput();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heardAtMs = performance.now();
    const bytes = data as Buffer;
    if (!isBinary) this.#command(bytes.toString("utf8"));
    else if (bytes[0] === STDIN) this.#write(bytes.subarray(1));
  }

  #command(text: string): void {
    let frame: Readonly<Record<string, unknown>>;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value !== "object" || value === null || Array.isArray(value)) return;
      frame = value as Readonly<Record<string, unknown>>;
    } catch {
      // Text that is no JSON is ignored (`execd.md` 9).
      return;
    }
    const { type, data, signal, cols, rows } = frame;
    if (type === "stdin") this.#write(Buffer.from(typeof data === "string" ? data : "", "utf8"));
    else if (type === "signal")
      void (SIGNALS.includes(String(signal)) && this.#terminal.signal(signal as NodeJS.Signals));
    else if (type === "resize") void (isSize(cols) && isSize(rows) && this.#terminal.shell?.resize(cols, rows));
    else if (type === "ping") this.#text({ type: "pong" });
    else
      this.#text({ type: "error", error: `unknown frame type ${JSON.stringify(type ?? "")}`, code: "INVALID_FRAME" });
  }

  #write(bytes: Buffer): void {
    const { shell } = this.#terminal;
    if (shell === undefined) return;
    shell.write(bytes);
    if (shell.pendingBytes() > MAX_PENDING) this.#socket.pause();
  }

  #ping(): void {
    // A connection whose input waits for the shell hears nothing because it does not listen.
    if (!this.#socket.isPaused && performance.now() - this.#heardAtMs > SILENCE_MS) this.#socket.terminate();
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #text(frame: object): void {
    this.#socket.send(`${encodeJson(frame)}\n`);
  }

  /** An error frame, and the connection is dropped without a close frame. */
  #fail(code: string, message: string): void {
    this.#terminal.detach(this);
    this.#socket.send(`${encodeJson({ type: "error", error: message, code })}\n`, () => this.#socket.terminate());
  }

  #close(code: number, reason: string): void {
    // Whatever still comes in is read, so that the answer to the close is.
    this.#socket.resume();
    this.#socket.close(code, reason);
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_WAIT_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65_535;
}
