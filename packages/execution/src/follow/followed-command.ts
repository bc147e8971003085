import { Subscription, type Observable } from "rxjs";
import {
  SandboxError,
  isSandboxError,
  isSandboxGone,
  startLongTimer,
  toSandboxError,
  type Api,
} from "@rxsandbox/transport";
import { mayPass, passingWaitMs } from "@rxsandbox/transport/calls";
import { getCommandStatus, type CommandStatus } from "../commands/command-status.js";
import { REGISTRATION_PAUSES_MS } from "../commands/interrupt-command.js";
import { followDelayMs, followPace, type FollowPace } from "./follow-pace.js";
import { openLog, readLogHead, type LogHead } from "./read-log.js";

/** One reader of the log of a command. */
export interface LogReader {
  /** The next byte that it wants; undefined once it wants only the end. */
  offset(): number | undefined;
  /** The bytes from its offset on; valid only during the call. */
  bytes(bytes: Uint8Array): void;
  /** Nothing more follows. */
  end(status: CommandStatus): void;
  /** An error that may pass: the next attempt follows. `failingMs`: how long there has been nothing but errors. */
  retrying(attempt: number, cause: SandboxError, failingMs: number): void;
  fail(error: SandboxError): void;
}

/**
 * Reads the log of one command for all who follow it, until the command has ended and its log is empty.
 *
 * One request is under way at a time. A look is a read of the log from the offset of the hindmost reader on and, when
 * that was empty, a look at the status. Bytes count when they have come: wherever an answer is cut, the next one goes
 * on behind the last byte. The end comes from the status, and the log is read on until it is empty after that.
 */
export class FollowedCommand {
  readonly #api: Api;
  readonly #commandId: string;
  readonly #onIdle: () => void;
  readonly #readers = new Set<LogReader>();
  #timesUnknown = 0;
  #step = new Subscription();
  #isRunning = false;
  #pace: FollowPace | undefined;
  #quietLooks = 0;
  #isOnceEmpty = false;
  #finished: CommandStatus | undefined;
  #failures: { readonly since: number; readonly count: number } | undefined;

  constructor(api: Api, commandId: string, onIdle: () => void) {
    this.#api = api;
    this.#commandId = commandId;
    this.#onIdle = onIdle;
  }

  /** Begins to read for it; returns what takes it off. Nobody is called inside. */
  add(reader: LogReader): () => void {
    this.#readers.add(reader);
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#wait(0, () => this.#findPace());
    }
    return () => {
      if (this.#readers.delete(reader) && this.#readers.size === 0) this.#stop();
    };
  }

  #stop(): void {
    this.#step.unsubscribe();
    this.#onIdle();
  }

  #findPace(): void {
    this.#ask(this.#api.target(), (endpoint) => {
      this.#pace = followPace(endpoint);
      this.#readLog();
    });
  }

  #readLog(): void {
    const offsets = [...this.#readers].flatMap((reader) => reader.offset() ?? []);
    if (offsets.length === 0) return this.#afterEmptyLog();
    const from = Math.min(...offsets);
    const isLast = this.#finished !== undefined;
    let at = from;
    let head: LogHead | undefined;
    this.#follow((step) =>
      openLog(this.#api, this.#commandId, from).subscribe({
        next: (part) => {
          if (part.kind === "chunk") {
            const start = at;
            at += part.bytes.length;
            return this.#deliver(part.bytes, start);
          }
          try {
            head = readLogHead(part.headers, from);
          } catch (error) {
            step.unsubscribe();
            this.#fail(toSandboxError(error, { what: "Follow command" }));
          }
        },
        error: (error: unknown) => this.#passOrFail(error),
        complete: () => this.#endLog(from, at, head, isLast),
      }),
    );
  }

  #deliver(bytes: Uint8Array, start: number): void {
    for (const reader of [...this.#readers]) {
      const offset = reader.offset();
      // One that came during the read and wants earlier bytes waits for the next read.
      if (offset === undefined || offset < start || offset >= start + bytes.length || !this.#readers.has(reader))
        continue;
      reader.bytes(offset === start ? bytes : bytes.subarray(offset - start));
    }
  }

  #endLog(from: number, at: number, head: LogHead | undefined, isLast: boolean): void {
    if (this.#readers.size === 0) return;
    // A clean end before the announced one: what a proxy makes of a lost connection.
    if (at === from && head?.end !== undefined && head.end > at)
      return this.#retry(new SandboxError("stream-truncated", { what: "Follow command", detail: "the log was cut" }));
    this.#failures = undefined;
    if (at > from) {
      this.#quietLooks = 0;
      this.#isOnceEmpty = false;
      // Behind the last read there may be more, and after the end there is nothing to wait for.
      return isLast ? this.#wait(0, () => this.#readLog()) : this.#pause();
    }
    // Without a word about its length an empty answer may be one that was cut: it takes two.
    const isEmpty = head?.isEmpty === true || this.#isOnceEmpty;
    this.#isOnceEmpty = true;
    if (!isLast) return this.#readStatus();
    if (!isEmpty) return this.#wait(0, () => this.#readLog());
    this.#endReaders(from);
  }

  /** Ends all who have read up to the end; who came meanwhile for earlier bytes is read for. */
  #endReaders(from: number): void {
    const status = this.#finished;
    if (status === undefined) return;
    for (const reader of [...this.#readers]) if ((reader.offset() ?? from) >= from) this.#leave(reader)?.end(status);
    if (this.#readers.size > 0) this.#wait(0, () => this.#readLog());
  }

  /** Nobody wants bytes any more, only the end. */
  #afterEmptyLog(): void {
    if (this.#finished === undefined) this.#readStatus();
    else this.#endReaders(0);
  }

  #readStatus(): void {
    this.#ask(getCommandStatus(this.#api, this.#commandId), (status) => {
      this.#failures = undefined;
      if (status.running) {
        this.#quietLooks += 1;
        return this.#pause();
      }
      this.#finished = status;
      this.#isOnceEmpty = false;
      this.#readLog();
    });
  }

  #passOrFail(thrown: unknown): void {
    const error = toSandboxError(thrown, { what: "Follow command" });
    if (isUnknownCommand(error)) {
      // For 1 s after its start (`divergences.md` X67).
      const pauseMs = REGISTRATION_PAUSES_MS[this.#timesUnknown];
      this.#timesUnknown += 1;
      if (pauseMs === undefined) return this.#fail(unknownCommand(error, this.#commandId));
      return this.#wait(pauseMs, () => this.#readLog());
    }
    if (mayPass(error)) this.#retry(error);
    else this.#fail(error);
  }

  #retry(error: SandboxError): void {
    const { since = performance.now(), count = 0 } = this.#failures ?? {};
    this.#failures = { since, count: count + 1 };
    const failingMs = performance.now() - since;
    for (const reader of [...this.#readers]) reader.retrying(count + 1, error, failingMs);
    if (this.#readers.size === 0) return;
    const delayMs = passingWaitMs(error, count + 1);
    this.#wait(delayMs, () => (this.#pace === undefined ? this.#findPace() : this.#readLog()));
  }

  #fail(error: SandboxError): void {
    for (const reader of [...this.#readers]) this.#leave(reader)?.fail(error);
  }

  /** Takes a reader off before it is told its end; `undefined` when it has left by itself. */
  #leave(reader: LogReader): LogReader | undefined {
    if (!this.#readers.delete(reader)) return undefined;
    if (this.#readers.size === 0) this.#stop();
    return reader;
  }

  #pause(): void {
    const pace = this.#pace;
    this.#wait(pace === undefined ? 0 : followDelayMs(pace, this.#quietLooks, Math.random()), () => this.#readLog());
  }

  #wait(delayMs: number, then: () => void): void {
    this.#follow(() => new Subscription(startLongTimer(delayMs, then)));
  }

  #ask<T>(call: Observable<T>, then: (value: T) => void): void {
    this.#follow(() => call.subscribe({ next: then, error: (error: unknown) => this.#passOrFail(error) }));
  }

  /** One thing is under way at a time. */
  #follow(start: (step: Subscription) => Subscription): void {
    if (this.#readers.size === 0) return;
    this.#step = new Subscription();
    const step = this.#step;
    step.add(start(step));
  }
}

function isUnknownCommand(error: SandboxError): boolean {
  return (
    isSandboxError(error, "not-found") &&
    !isSandboxGone(error) &&
    error.serverMessage?.includes("command not found") === true
  );
}

function unknownCommand(error: SandboxError, commandId: string): SandboxError {
  const { status, serverCode, serverMessage, requestId } = error;
  const text = {
    ...error.text,
    what: `Follow command ${commandId}`,
    detail: "the daemon does not know the command (any more): it forgets all commands when it restarts or is restored",
  };
  return new SandboxError("not-found", text, { cause: error, status, serverCode, serverMessage, requestId, commandId });
}
