import type { Subscriber } from "rxjs";
import { createUtf8Decoder, type SandboxError, type Utf8Decoder } from "@rxsandbox/transport";
import type { CommandStatus } from "../commands/command-status.js";
import { endOfStatus } from "./end-of-status.js";
import type { FollowEvent } from "./follow-event.js";
import type { FollowEncoding, ReadingOptions } from "./follow-options.js";
import { followToken, type FollowPlace, type FollowToken } from "./follow-token.js";
import type { LogReader } from "./followed-command.js";

/** What one subscriber follows. */
export interface FollowedLog extends ReadingOptions {
  readonly sandboxId: string;
  readonly from: FollowPlace;
  /** The time limit that the command was given, where that is known. */
  readonly timeoutMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** Called once when the output has more than `maxBytes`. */
  readonly onLimit?: () => void;
  /** Called before the subscriber is told the end or an error. */
  readonly onOver?: () => void;
}

/** Turns the log of a command into the events of one subscriber. */
export class LogFollower implements LogReader {
  readonly #log: FollowedLog;
  readonly #subscriber: Subscriber<FollowEvent<FollowEncoding>>;
  readonly #decoder: Utf8Decoder | undefined;
  /** Behind the last byte that came. */
  #offset: number;
  #isFull = false;

  constructor(log: FollowedLog, subscriber: Subscriber<FollowEvent<FollowEncoding>>) {
    this.#log = log;
    this.#subscriber = subscriber;
    this.#decoder = log.encoding === "text" ? createUtf8Decoder() : undefined;
    this.#offset = log.from.offset;
  }

  offset(): number | undefined {
    return this.#isFull ? undefined : this.#offset;
  }

  bytes(bytes: Uint8Array): void {
    const { maxBytes = Infinity, from, onLimit } = this.#log;
    const wanted = bytes.subarray(0, Math.min(bytes.length, from.offset + maxBytes - this.#offset));
    this.#isFull = wanted.length < bytes.length;
    this.#offset += wanted.length;
    if (wanted.length > 0) this.#emit(wanted);
    if (this.#isFull) onLimit?.();
  }

  #emit(bytes: Uint8Array): void {
    if (this.#decoder === undefined) {
      // A copy: the chunk is the transport's.
      this.#subscriber.next({ type: "output", bytes: Uint8Array.from(bytes), token: this.#token() });
      return;
    }
    const text = this.#decoder.push(bytes);
    if (text !== "") this.#subscriber.next({ type: "output", text, token: this.#token() });
  }

  /** Goes on before a character that is not whole yet. */
  #token(): FollowToken {
    const { sandboxId, from } = this.#log;
    return followToken(sandboxId, {
      commandId: from.commandId,
      offset: this.#offset - (this.#decoder?.heldBytes() ?? 0),
    });
  }

  end(status: CommandStatus): void {
    const { timeoutMs, onOver } = this.#log;
    // Nothing will complete it any more; behind a limit the rest may.
    const rest = this.#isFull ? "" : (this.#decoder?.end() ?? "");
    const token = this.#token();
    if (rest !== "") this.#subscriber.next({ type: "output", text: rest, token });
    if (this.#subscriber.closed) return;
    onOver?.();
    this.#subscriber.next({ type: "end", end: endOfStatus(status, timeoutMs), token, limitReached: this.#isFull });
    this.#subscriber.complete();
  }

  retrying(attempt: number, cause: SandboxError, failingMs: number): void {
    if (failingMs >= this.#log.giveUpMs) this.fail(cause);
    else this.#subscriber.next({ type: "reconnecting", attempt, cause });
  }

  fail(error: SandboxError): void {
    this.#log.onOver?.();
    this.#subscriber.error(error);
  }
}
