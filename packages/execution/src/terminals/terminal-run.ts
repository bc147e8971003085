import { Subscription, type Observable, type Subscriber } from "rxjs";
import {
  SandboxError,
  StreamTruncatedError,
  isSandboxGone,
  retryWaitMs,
  startLongTimer,
  toSandboxError,
  type Api,
  type SocketOpen,
  type Sockets,
} from "@rxsandbox/transport";
import { askRefusal, getTerminal, terminalPath, type TerminalInfo } from "./terminal-calls.js";
import type { TerminalLink } from "./terminal-link.js";
import type { TerminalMode } from "./terminal-options.js";
import type { TerminalOutput } from "./terminal-output.js";
import { openTerminalSocket } from "./terminal-socket.js";

const RECONNECT = { baseDelayMs: 250, maxDelayMs: 5000, longestMs: 60_000 } as const;
/** A connection that held for so long, or brought output, was one that works. */
const HELD_MS = 10_000;
/**
 * Looks at a session that a server still calls running right after its shell's exit (recording
 * `execd/pty/echo-resize-exit`).
 */
const MAX_LOOKS = 20;
const LOOK_MS = 50;
/** How long the shell that a look at the buffer starts may take to end. */
const REST_MS = 5000;

/**
 * Follows one terminal over as many connections as it takes, until the shell's exit.
 *
 * Each connection goes on at the offset where the last one stopped. Before another one is made the server is asked
 * whether the shell still runs: a connection after its exit would start a new one (`execd.md` 9, Reconnect after exit).
 */
export class TerminalRun {
  private readonly api: Api;
  private readonly sockets: Sockets;
  private readonly link: TerminalLink;
  private readonly subscriber: Subscriber<TerminalOutput>;
  private readonly step = new Subscription();
  private current = new Subscription();
  private mode: TerminalMode | undefined;
  private attempts = 0;
  /** When the present connection came to work, and the offset then. */
  private since: { readonly ms: number; readonly offset: number } | undefined;
  private mayHaveStarted = false;
  private takeover: boolean;

  constructor(api: Api, sockets: Sockets, link: TerminalLink, subscriber: Subscriber<TerminalOutput>) {
    this.api = api;
    this.sockets = sockets;
    this.link = link;
    this.subscriber = subscriber;
    this.takeover = link.options.takeover;
  }

  /** Returns what leaves the terminal; its shell runs on. */
  start(): Subscription {
    this.link.close("connecting");
    this.step.add(() => {
      this.current.unsubscribe();
      if (this.link.exitCode === undefined) this.link.close("idle");
    });
    this.connect();
    return this.step;
  }

  private connect(): void {
    const { link } = this;
    const { id, connection } = link.options;
    const request = { id, mode: connection.mode, since: link.offset, takeover: this.takeover };
    this.follow(
      openTerminalSocket(this.sockets, request, {
        connected: (mode, socket, replay) => this.connected(mode, socket, replay),
        output: ({ stream, bytes }) => this.emit(link.take(stream, bytes, link.offset)),
        exit: (exitCode) => this.exited(exitCode),
        refused: (error) => this.refused(error),
        lost: (error, hasOpened) => {
          this.mayHaveStarted ||= hasOpened;
          this.lost(error);
        },
        failed: (error) => this.fail(error),
      }),
    );
  }

  private connected(
    mode: TerminalMode,
    socket: SocketOpen,
    replay: { readonly offset: number; readonly bytes: Uint8Array } | undefined,
  ): void {
    this.mode = mode;
    this.mayHaveStarted = true;
    this.since = { ms: performance.now(), offset: this.link.offset };
    if (replay !== undefined)
      this.emit(this.link.take(mode === "pty" ? "stdout" : "mixed", replay.bytes, replay.offset));
    if (!this.subscriber.closed) this.link.open(socket);
  }

  private refused(error: SandboxError): void {
    this.ask(askRefusal(this.api, this.link.options.id), {
      next: () => this.lost(error),
      // 400: it is no handshake, which is all that is wrong with it.
      error: (reason) =>
        !isSandboxGone(reason) && (reason.status === 400 || reason.status === undefined || reason.status >= 500)
          ? this.lost(error)
          : this.fail(reason),
    });
  }

  private lost(error: SandboxError): void {
    const { id, connection } = this.link.options;
    this.link.close(this.mayHaveStarted ? "reconnecting" : "connecting");
    if (
      this.since !== undefined &&
      (this.link.offset > this.since.offset || performance.now() - this.since.ms >= HELD_MS)
    )
      this.attempts = 0;
    this.since = undefined;
    if (this.attempts >= connection.maxReconnects) {
      const { code, cause } = error;
      const { detail, advice } = error.text;
      const text = {
        what: "Attach to terminal",
        method: "GET",
        path: `${terminalPath(id)}/ws`,
        detail: `no connection after ${this.attempts + 1} attempts: ${detail}`,
        advice,
      };
      return this.fail(
        new SandboxError(code, text, { cause: cause ?? error, retryable: true, attempts: this.attempts + 1 }),
      );
    }
    this.attempts += 1;
    const delayMs = retryWaitMs(error, { ...RECONNECT, attempt: this.attempts });
    if (delayMs === undefined) return this.fail(error);
    this.wait(delayMs, () => {
      if (!this.mayHaveStarted) return this.connect();
      // The server may hold the terminal for the connection that broke.
      this.takeover = true;
      this.ask(getTerminal(this.api, id), {
        next: (info) => this.resume(info, error),
        error: (reason) =>
          reason.code === "network" || reason.code === "timeout" || reason.code === "unavailable"
            ? this.lost(reason)
            : this.fail(reason),
      });
    });
  }

  private resume({ running, outputOffset }: TerminalInfo, cause: SandboxError): void {
    const isUnstarted = this.mode === undefined && this.link.options.isPlainShell && outputOffset <= this.link.offset;
    if (running || isUnstarted) return this.connect();
    this.fetchRest(outputOffset, () => {
      const text = {
        what: "Attach to terminal",
        detail: "the shell ended while the connection was down",
        advice: "its exit code is unknown",
      };
      this.fail(
        new StreamTruncatedError(
          text,
          { commandId: undefined, events: 0, bytes: this.link.offset, lastEventType: undefined },
          { cause },
        ),
      );
    });
  }

  /** The exit frame may have overtaken output, which the server still has (`execd.md` 9, Exit race). */
  private exited(exitCode: number, looks = 1): void {
    this.ask(getTerminal(this.api, this.link.options.id), {
      next: ({ running, outputOffset }) => {
        if (running && looks < MAX_LOOKS) this.wait(LOOK_MS, () => this.exited(exitCode, looks + 1));
        else this.fetchRest(outputOffset, () => this.end(exitCode));
      },
      // It was deleted, and its output with it.
      error: (reason) => (reason.code === "not-found" ? this.end(exitCode) : this.fail(reason)),
    });
  }

  /** Emits what is missing up to an offset: from the buffer where looking does no harm, else as a gap. */
  private fetchRest(outputOffset: number, then: () => void): void {
    const { link } = this;
    const finish = (): void => {
      this.emit(link.gapUntil(outputOffset));
      if (!this.subscriber.closed) then();
    };
    // Looking starts a shell: harmless only where it is an interactive one, which is killed at once.
    if (outputOffset <= link.offset || !link.options.isPlainShell) return finish();
    const { id, connection } = link.options;
    const look = openTerminalSocket(
      this.sockets,
      { id, mode: connection.mode, since: link.offset, takeover: true },
      {
        connected: (mode, socket, replay) => {
          const rest = replay?.bytes.subarray(0, Math.max(0, outputOffset - replay.offset));
          if (replay !== undefined && rest !== undefined)
            this.emit(link.take(mode === "pty" ? "stdout" : "mixed", rest, replay.offset));
          socket.send('{"type":"signal","signal":"SIGKILL"}');
        },
        output: () => undefined,
        exit: finish,
        refused: finish,
        lost: finish,
        failed: finish,
      },
    );
    look.add(
      startLongTimer(REST_MS, () => {
        look.unsubscribe();
        finish();
      }),
    );
    this.follow(look);
  }

  private end(exitCode: number): void {
    this.link.end(exitCode);
    this.subscriber.complete();
  }

  private fail(error: SandboxError): void {
    this.link.close("idle");
    this.subscriber.error(error);
  }

  private emit(items: readonly TerminalOutput[]): void {
    for (const item of items) this.subscriber.next(item);
  }

  private wait(delayMs: number, then: () => void): void {
    this.follow(new Subscription(startLongTimer(delayMs, then)));
  }

  private ask<T>(call: Observable<T>, outcome: { next(value: T): void; error(reason: SandboxError): void }): void {
    this.follow(
      call.subscribe({
        next: outcome.next,
        error: (reason: unknown) => outcome.error(toSandboxError(reason, { what: "Attach to terminal" })),
      }),
    );
  }

  /** One thing is under way at a time. */
  private follow(next: Subscription): void {
    // A synchronous outcome has gone on already.
    if (next.closed) return;
    this.current = next;
    if (this.step.closed) next.unsubscribe();
  }
}
