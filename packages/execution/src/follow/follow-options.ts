import { integerFrom, oneOf, readFlag, readOptions, readSecondsAsMs } from "@rxsandbox/transport/calls";
import type { LogCursor } from "../commands/command-logs.js";
import type { StartOptions } from "../commands/run-options.js";

/** How output comes: as text whose characters are whole, or as the bytes of the log. */
export type FollowEncoding = "text" | "bytes";

/** Options of {@link Commands.resume}. */
export interface ResumeOptions<E extends FollowEncoding = "text"> {
  /** `"text"` when absent. */
  readonly encoding?: E;
  /** Seconds of nothing but failures after which following errors with the last of them; 300 when absent. */
  readonly giveUpAfterSeconds?: number;
}

/** Options of {@link CommandHandle.follow}. */
export interface HandleFollowOptions<E extends FollowEncoding = "text"> extends ResumeOptions<E> {
  /** Where to begin, as a token or `logs` gave it; at the beginning of the log when absent. */
  readonly since?: LogCursor;
}

/** Options of {@link Commands.follow}. */
export interface FollowOptions<E extends FollowEncoding = "text"> extends StartOptions, ResumeOptions<E> {
  /** Lets the command run on when you unsubscribe; false when absent. */
  readonly detached?: boolean;
  /**
   * Bytes of output after which the command is interrupted, since its log grows on the sandbox's disk; 1 GiB when
   * absent. No more than that is emitted, and the end says `limitReached`.
   */
  readonly maxBytes?: number;
}

/** How to read a log, checked. */
export interface ReadingOptions {
  readonly encoding: FollowEncoding;
  readonly giveUpMs: number;
}

const GIVE_UP_MS = 300_000;
const DEFAULT_MAX_BYTES = 2 ** 30;

const resumeReads = { encoding: oneOf("text", "bytes"), giveUpAfterSeconds: readSecondsAsMs };

/** Checks the options of reading. Throws `InvalidArgumentError`. */
export function readResumeOptions(options: ResumeOptions<FollowEncoding>): ReadingOptions {
  const { encoding = "text", giveUpAfterSeconds = GIVE_UP_MS } = readOptions(options, resumeReads);
  return { encoding, giveUpMs: giveUpAfterSeconds };
}

/** Checks what `follow` knows and `start` does not, and leaves the rest. Throws `InvalidArgumentError`. */
export function readFollowOptions(options: FollowOptions<FollowEncoding>): ReadingOptions & {
  readonly isDetached: boolean;
  readonly maxBytes: number;
  readonly start: StartOptions;
} {
  const { detached, maxBytes, encoding, giveUpAfterSeconds, ...start } = options;
  const read = readOptions(
    { detached, maxBytes, encoding, giveUpAfterSeconds },
    { ...resumeReads, detached: readFlag, maxBytes: integerFrom(1) },
  );
  return {
    encoding: read.encoding ?? "text",
    giveUpMs: read.giveUpAfterSeconds ?? GIVE_UP_MS,
    isDetached: read.detached === true,
    maxBytes: read.maxBytes ?? DEFAULT_MAX_BYTES,
    start,
  };
}
