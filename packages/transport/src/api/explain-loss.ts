import { EMPTY, catchError, concatMap, defaultIfEmpty, of, take, throwError, timeout, type Observable } from "rxjs";
import { isSandboxGone, SandboxGoneError, type GoneSandbox, type SandboxFate } from "../errors/sandbox-gone-error.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import { isTransportFailure } from "../errors/transport-failure.js";
import { deadAddress } from "./dead-address.js";

/** How long a call that failed waits for what became of its sandbox. */
const READ_TIMEOUT_MS = 3000;

/** Reads once what became of a sandbox; emits `undefined` when nothing is known. */
export type ReadFate = () => Observable<SandboxFate | undefined>;

/** States of a sandbox whose daemon stands still, and says nothing (`lifecycle.md` 6). */
const STILL_STATES: ReadonlySet<string | undefined> = new Set(["Pausing", "Paused", "Resuming"]);

/**
 * Errors with the given error or, if it may come from the end of the sandbox and the sandbox is gone, with a
 * {@link SandboxGoneError} that has it as its cause.
 *
 * Reads the state once, for at most 3 s; a state that cannot be read changes nothing.
 */
export function explainLoss(error: SandboxError, readFate: ReadFate | undefined): Observable<never> {
  if (readFate === undefined || isSandboxGone(error) || !mayBeGone(error)) return throwError(() => error);
  return fateOf(readFate).pipe(concatMap((fate) => throwError(() => explained(error, fate))));
}

/**
 * Completes where a silence comes from a sandbox that stands still: it is paused, or on its way there or back. Else
 * errors as {@link explainLoss}.
 *
 * Reads the state once, for at most 3 s; a state that cannot be read changes nothing.
 */
export function explainSilence(error: SandboxError, readFate: ReadFate | undefined): Observable<never> {
  if (readFate === undefined) return throwError(() => error);
  return fateOf(readFate).pipe(
    concatMap((fate) => (STILL_STATES.has(fate?.state) ? EMPTY : throwError(() => explained(error, fate)))),
  );
}

function fateOf(readFate: ReadFate): Observable<SandboxFate | undefined> {
  return readFate().pipe(
    take(1),
    timeout({ each: READ_TIMEOUT_MS }),
    // What the call itself saw is the better error.
    catchError(() => of(undefined)),
    defaultIfEmpty(undefined),
  );
}

function explained(error: SandboxError, fate: SandboxFate | undefined): SandboxError {
  return fate?.isGone === true ? goneError(error, fate) : error;
}

/** A daemon that runs answers in its own words; these are what others say in its place, or nothing at all. */
function mayBeGone(error: SandboxError): boolean {
  const { code, cause, status, serverCode } = error;
  if (code === "stream-truncated") return true;
  if (isTransportFailure(cause)) return cause.kind === "connect" || cause.kind === "reset" || cause.kind === "timeout";
  if (status === undefined) return false;
  // The address may be another sandbox's by now, which has another token.
  if (status === 401 || status === 403) return true;
  if (status === 404) return deadAddress(error) !== undefined || (serverCode?.endsWith("SANDBOX_NOT_FOUND") ?? false);
  // The server's proxy and gateways (lifecycle.md 9).
  return status >= 500 && (serverCode === undefined || serverCode === "GENERAL::UNKNOWN_ERROR");
}

function goneError(error: SandboxError, gone: GoneSandbox): SandboxGoneError {
  const { requestId, attempts, commandId, sessionId, contextId } = error;
  const state = gone.state === undefined ? "does not exist any more" : `is ${gone.state}`;
  const text = {
    ...error.text,
    detail: `sandbox ${gone.sandboxId} ${state} (${error.text.detail})`,
    advice: undefined,
  };
  return new SandboxGoneError(text, gone, { cause: error, requestId, attempts, commandId, sessionId, contextId });
}
