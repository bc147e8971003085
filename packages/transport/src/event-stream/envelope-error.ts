import { SandboxError } from "../errors/sandbox-error.js";
import type { ErrorEnvelope } from "./parse-frame.js";

/** Go's words for it: `timeout after 300ms`, `context deadline exceeded`, `timed out` (`execd.md` 2.4). */
const timedOut = /\btime(?:d)?[ -]?out\b|deadline exceeded/i;

/**
 * Makes the error for a failure that the server reported inside a stream: `execution-timed-out` when its message says so,
 * else `execution-failed`. The server's code is kept verbatim; its message is the body, out of logs.
 */
export function envelopeError(envelope: ErrorEnvelope): SandboxError {
  const code = timedOut.test(envelope.message) ? "execution-timed-out" : "execution-failed";
  const reason = envelope.code === "" ? "" : ` with ${envelope.code}`;
  return new SandboxError(code, `Execution stream: the server reported a failure${reason} [${code}]`, {
    serverCode: envelope.code === "" ? undefined : envelope.code,
    body: envelope,
  });
}
