import { Observable, of, throwError } from "rxjs";
import {
  ApiError,
  SandboxError,
  createScope,
  type Api,
  type SocketOpen,
  type SocketPart,
  type Sockets,
} from "@rxsandbox/transport";
import { createConnection, type SandboxConnection } from "@rxsandbox/transport/calls";

/** How a scripted terminal behaves. */
export interface TerminalScript {
  /** Everything that the shell writes, in pieces; it exits after the last. */
  readonly pieces: readonly Uint8Array[];
  readonly exitCode?: number;
  /**
   * Parts after which each connection breaks, in turn: 0 refuses the handshake, 1 breaks after it. The next ones hold.
   */
  readonly cuts?: readonly number[];
  /** Pieces that the shell writes while no one is connected, after each cut. */
  readonly writesAlone?: number;
  /** Bytes kept for a replay; all when absent. */
  readonly kept?: number;
  /** Whether a replay begins before the offset asked for, which a client has to cut. */
  readonly ignoresSince?: boolean;
  /** Whether the exit overtakes the last piece, which is then in the buffer only. */
  readonly exitOvertakes?: boolean;
  /** What a handshake meets before anything else. */
  readonly refusal?: { readonly status: number; readonly code: string };
  /** What the connection says instead of going on. */
  readonly says?: (socket: {
    message(data: string | Uint8Array): void;
    close(code: number, reason?: string): void;
  }) => void;
}

/** A terminal session of a daemon in memory (`execd.md` 9). */
export class ScriptedTerminal {
  readonly script: TerminalScript;
  readonly received: (string | Uint8Array)[] = [];
  /** Queries of the connections, in order. */
  readonly connections: Readonly<Record<string, unknown>>[] = [];
  readonly calls: string[] = [];
  private readonly written: number[] = [];
  private next = 0;
  private isRunning = false;
  private shells = 0;

  constructor(script: TerminalScript) {
    this.script = script;
  }

  /** What the execution API needs of a client. */
  context(): SandboxConnection {
    const answer = (path: string): unknown =>
      path === "/pty" ? { session_id: "t1" } : { running: this.isRunning, output_offset: this.written.length };
    const refuse = (status: number, serverCode: string) =>
      throwError(
        () =>
          new ApiError(status === 409 ? "conflict" : status === 404 ? "not-found" : "invalid-request", serverCode, {
            status,
            serverCode,
          }),
      );
    const api = {
      target: () => of({ url: "http://h", headers: {}, access: "direct" }),
      json: (call: { readonly method: string; readonly path: string }, parse: (value: unknown) => unknown) => {
        this.calls.push(`${call.method} ${call.path}`);
        return of(parse(answer(call.path)));
      },
      empty: (call: { readonly method: string; readonly path: string }) => {
        this.calls.push(`${call.method} ${call.path}`);
        return of(undefined);
      },
      request: () =>
        this.script.refusal === undefined
          ? refuse(400, "")
          : refuse(this.script.refusal.status, this.script.refusal.code),
    } as unknown as Api;
    const sockets: Sockets = {
      connect: ({ query = {} }) => new Observable((subscriber) => this.connect(query, subscriber)),
    };
    return createConnection({
      api,
      sockets,
      scope: createScope({}),
      capabilities: { connectionClose: true, streamingUpload: true },
    });
  }

  private connect(
    query: Readonly<Record<string, unknown>>,
    subscriber: {
      next(part: SocketPart): void;
      error(error: unknown): void;
      complete(): void;
      readonly closed: boolean;
    },
  ): () => void {
    const index = this.connections.push(query) - 1;
    let left = this.script.cuts?.[index] ?? Infinity;
    let timer: NodeJS.Timeout | undefined;
    const broken = (): boolean => {
      if (subscriber.closed) return true;
      left -= 1;
      if (left >= 0) return false;
      this.write(this.script.writesAlone ?? 0);
      subscriber.error(new SandboxError("network", "broken"));
      return true;
    };
    const message = (data: string | Uint8Array): void => void (broken() || subscriber.next({ kind: "message", data }));
    const close = (code: number, reason = ""): void => {
      if (broken()) return;
      subscriber.next({ kind: "close", code, reason });
      subscriber.complete();
    };
    const live = (): void => {
      if (subscriber.closed) return;
      const overtaken = this.script.exitOvertakes === true && this.next === this.script.pieces.length - 1;
      const piece = this.script.pieces[this.next];
      if (piece !== undefined) {
        this.write(1);
        if (!overtaken) message(Uint8Array.of(1, ...piece));
      }
      if (this.next < this.script.pieces.length) timer = setTimeout(live, 1);
      else {
        this.isRunning = false;
        message(JSON.stringify({ type: "exit", exit_code: this.script.exitCode ?? 0 }));
        close(1000, "process exited");
      }
    };
    const begin = (): void => {
      if (this.script.refusal !== undefined || left === 0)
        return void subscriber.error(new SandboxError("network", "not open"));
      const socket: SocketOpen = {
        kind: "open",
        protocol: "",
        bufferedBytes: () => 0,
        close: () => undefined,
        send: (data) => this.receive(data, message, close),
      };
      if (broken()) return;
      subscriber.next(socket);
      if (!this.isRunning) this.shells += 1;
      this.isRunning = true;
      if (this.script.says !== undefined) return this.script.says({ message, close });
      const first = Math.max(
        this.script.ignoresSince === true ? 0 : Number(query["since"]),
        this.written.length - (this.script.kept ?? Infinity),
      );
      if (first < this.written.length) message(replayFrame(first, this.written.slice(first)));
      message('{"type":"connected","session_id":"t1","mode":"pty"}\n');
      // A second shell has nothing to say but its prompt.
      if (this.shells > 1) this.written.push(36, 32);
      else timer = setTimeout(live, 1);
    };
    timer = setTimeout(begin, 1);
    return () => clearTimeout(timer);
  }

  private receive(
    data: string | Uint8Array,
    message: (data: string) => void,
    close: (code: number, reason: string) => void,
  ): void {
    this.received.push(data);
    if (typeof data !== "string" || !data.includes("SIGKILL")) return;
    this.isRunning = false;
    setTimeout(() => {
      message('{"type":"exit","exit_code":-1}\n');
      close(1000, "process exited");
    }, 1);
  }

  private write(pieces: number): void {
    if (!this.isRunning) return;
    for (const piece of this.script.pieces.slice(this.next, this.next + pieces)) this.written.push(...piece);
    this.next = Math.min(this.script.pieces.length, this.next + pieces);
    if (this.next === this.script.pieces.length) this.isRunning = false;
  }
}

/** A `0x03` frame. */
export function replayFrame(offset: number, bytes: readonly number[]): Uint8Array {
  const frame = new Uint8Array(9 + bytes.length);
  frame[0] = 3;
  new DataView(frame.buffer).setBigUint64(1, BigInt(offset));
  frame.set(bytes, 9);
  return frame;
}
