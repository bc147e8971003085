import { oneLine } from "../errors/error-body.js";
import { SandboxError, type SandboxErrorCode } from "../errors/sandbox-error.js";
import { createRedactor, type Redactor } from "../redaction/redactor.js";
import type { ErrorEnvelope } from "./parse-frame.js";

/** Go's words for it: `timeout after 300ms`, `context deadline exceeded`, `timed out` (`execd.md` 2.4). */
const timedOut = /\btime(?:d)?[ -]?out\b|deadline exceeded/i;

/** A code context runs one code at a time and begins no other meanwhile (`execd.md` 2.4). */
const busy = /\bsession is busy\s*$/;

/**
 * Makes the error for a failure that the server reported inside a stream: `execution-timed-out` when its message says
 * so, `invalid-state`, which may be tried again, for a busy code context, else `execution-failed`. The server's
 * sentence is in `message` and `serverMessage`, in one line of at most 300 characters and without the secrets that
 * `redactor` knows; its code is kept verbatim.
 */
export function envelopeError(envelope: ErrorEnvelope, redactor: Redactor = createRedactor()): SandboxError {
  const code = codeOf(envelope.message);
  const serverCode = envelope.code === "" ? undefined : envelope.code;
  const serverMessage = oneLine(redactor.text(envelope.message));
  const reason = serverCode === undefined ? "" : ` with ${serverCode}`;
  const text = {
    detail: serverMessage === "" ? `the server reported a failure${reason}` : serverMessage,
    advice: code === "invalid-state" ? "the code context runs other code: try again when that has ended" : undefined,
  };
  return new SandboxError(code, text, {
    retryable: code === "invalid-state",
    serverCode,
    serverMessage: serverMessage === "" ? undefined : serverMessage,
    body: redactor.json(envelope),
  });
}

function codeOf(message: string): SandboxErrorCode {
  if (timedOut.test(message)) return "execution-timed-out";
  return busy.test(message) ? "invalid-state" : "execution-failed";
}
