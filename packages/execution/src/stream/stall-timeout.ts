import { readSecondsAsMs, type Read } from "@rxsandbox/transport/calls";

/** When a stream that says nothing is given up. */
export interface StallOptions {
  /**
   * Seconds without a byte after which the stream errors with `stream-stalled`. When absent: 30 s, once the server has
   * shown that it sends pings (`execd.md` 2.2). A number counts from the first event on, whether or not there are
   * pings: they come every 3 s, so leave room for a few. `null` turns it off.
   *
   * Where `timeoutSeconds` is given, the stream also errors when nothing but pings has come for as long after that
   * time. Before the error the sandbox's state is read once: while it is paused the stream waits. Time in which you
   * pause the stream does not count.
   */
  readonly stallTimeoutSeconds?: number | null;
}

/** Reads a stall timeout; `null` for none. */
export const readStallTimeout: Read<number | null> = (path, value) =>
  value === null ? null : readSecondsAsMs(path, value);

/** Milliseconds; `undefined` for the default and `null` for none. Throws `InvalidArgumentError`. */
export function stallTimeoutMs({ stallTimeoutSeconds }: StallOptions): number | null | undefined {
  return stallTimeoutSeconds === undefined ? undefined : readStallTimeout("stallTimeoutSeconds", stallTimeoutSeconds);
}
