import type { StartOptions } from "@rxsandbox/execution";
import { integerFrom, readNonNegative, readOptions, readSecondsAsMs } from "@rxsandbox/transport/calls";

/** Options of {@link capture}. */
export interface CaptureOptions extends StartOptions {
  /**
   * Bytes of output, both streams together, after which the command is interrupted, since its files grow on the
   * sandbox's disk; 1 GiB when absent. The size is looked at every 250 ms to 5 s, so the files may become larger.
   */
  readonly maxBytes?: number;
  /**
   * Bytes of each stream that the result keeps, one half from its beginning and one from its end; 64 MiB when absent.
   */
  readonly maxOutputBytes?: number;
  /** Seconds of nothing but failures after which capturing errors with the last of them; 300 when absent. */
  readonly giveUpAfterSeconds?: number;
}

/** The options, checked. */
export interface CaptureSettings {
  readonly maxBytes: number;
  readonly maxOutputBytes: number;
  readonly giveUpMs: number;
  readonly start: StartOptions;
}

const DEFAULT_MAX_BYTES = 2 ** 30;
const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const GIVE_UP_MS = 300_000;

/** Checks what `capture` knows and `start` does not, and leaves the rest. Throws `InvalidArgumentError`. */
export function readCaptureOptions(options: CaptureOptions): CaptureSettings {
  const { maxBytes, maxOutputBytes, giveUpAfterSeconds, ...start } = options;
  const read = readOptions(
    { maxBytes, maxOutputBytes, giveUpAfterSeconds },
    { maxBytes: integerFrom(1), maxOutputBytes: readNonNegative, giveUpAfterSeconds: readSecondsAsMs },
  );
  return {
    maxBytes: read.maxBytes ?? DEFAULT_MAX_BYTES,
    maxOutputBytes: read.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES,
    giveUpMs: read.giveUpAfterSeconds ?? GIVE_UP_MS,
    start,
  };
}
