import { SandboxError } from "../errors/sandbox-error.js";
import type { ErrorEnvelope } from "./parse-frame.js";

/** Go's words for it: `timeout after 300ms`, `context deadline exceeded`, `timed out` (`execd.md` 2.4). */
const timedOut = /\btime(?:d)?[ -]?out\b|deadline exceeded/i;

/** A code context runs one code at a time and begins no other meanwhile (`execd.md` 2.4). */
const busy = /\bsession is busy\s*$/;

/**
 * Makes the error for a failure that the server reported inside a stream: `execution-timed-out` when its message says so, `invalid-state`,
 * which may be tried again, for a busy code context, else `execution-failed`. The server's code is kept verbatim; its message is the
 * body, out of logs.
 */
export function envelopeError(envelope: ErrorEnvelope): SandboxError {
  const isBusy = busy.test(envelope.message);
  const code = timedOut.test(envelope.message) ? "execution-timed-out" : isBusy ? "invalid-state" : "execution-failed";
  const reason = envelope.code === "" ? "" : ` with ${envelope.code}`;
  const problem = isBusy ? "the code context is busy" : `the server reported a failure${reason}`;
  return new SandboxError(code, `Execution stream: ${problem} [${code}]`, {
    retryable: isBusy,
    serverCode: envelope.code === "" ? undefined : envelope.code,
    body: envelope,
  });
}
