import {
  EMPTY,
  Observable,
  catchError,
  defaultIfEmpty,
  defer,
  filter,
  from,
  identity,
  map,
  merge,
  of,
  switchMap,
  take,
  tap,
  throwError,
  timeout,
} from "rxjs";
import { EXECD_TOKEN_HEADER } from "@rxsandbox/protocol";
import { ReadyTimeoutError, SandboxError, after, type Scope } from "@rxsandbox/transport";
import { poll, type PollTimes } from "@rxsandbox/transport/calls";
import type { SandboxInfo } from "../info/sandbox-info.js";
import { answerIsFinal, failureOf, asSandboxError } from "./judge.js";
import { probeInterval } from "./probe-interval.js";
import type { ProbeLimit } from "./probe-limit.js";
import type { ReadyOptions } from "./ready-options.js";

const DEFAULT_READY_TIMEOUT_SECONDS = 30;
const CUSTOM_PROBE_TIMEOUT_MS = 10_000;

/** One step of waiting: a probe begins, or the sandbox is ready. */
export type ReadyProgress =
  | { readonly phase: "probing"; readonly info: SandboxInfo; readonly attempt: number; readonly cause?: SandboxError }
  | { readonly phase: "ready"; readonly info: SandboxInfo };

/** What waiting needs to know and to call. */
export interface ReadySubject {
  /** What is known about the sandbox now; a state that is final already ends the wait without a probe. */
  readonly info: SandboxInfo;
  /** Looks up the daemon's address; its failures are answers of the lifecycle API. */
  readonly locate: Observable<unknown>;
  readonly ping: Observable<unknown>;
  /** Reads the state again. */
  readonly getInfo: Observable<SandboxInfo>;
  readonly limit: ProbeLimit;
  /** Ends the wait with `closed` when the client closes; nothing does when absent. */
  readonly scope?: Pick<Scope, "guard">;
}

const unguarded: Pick<Scope, "guard"> = { guard: identity };

/**
 * Probes until the sandbox answers (`architecture.md` 3, Readiness).
 *
 * Producer: each subscription probes by its own schedule, under the client's limit of probes. The first probe comes at
 * once; the state is read again only after a probe that failed. Completes after `ready`. Errors: `unauthorized` and
 * `forbidden` from the lifecycle API, or from two pings in a row, `not-found` for an unknown sandbox, `sandbox-failed`
 * for `Failed` and `Terminated`, `protocol` for an invalid endpoint answer, `ready-timeout` with the last cause.
 * `closed` when the client closes. Everything else is "not yet"; an answer with `Retry-After` is not asked again
 * earlier than it says.
 */
export function waitUntilReady(subject: ReadySubject, options: ReadyOptions<SandboxInfo>): Observable<ReadyProgress> {
  const { readyTimeoutSeconds = DEFAULT_READY_TIMEOUT_SECONDS, healthCheckPollingInterval, healthCheck } = options;
  return new Observable((subscriber) => {
    const startedAt = performance.now();
    let { info } = subject;
    let attempt = 0;
    let cause: SandboxError | undefined;

    const probe = (count: number): Observable<boolean> => {
      const failure = failureOf(info);
      if (failure !== undefined) return throwError(() => failure);
      attempt = count + 1;
      subscriber.next({ phase: "probing", info, attempt, ...(cause !== undefined && { cause }) });
      // Whoever unsubscribed on that step wants no probe.
      if (subscriber.closed) return EMPTY;
      const answer = healthCheck === undefined ? locateAndPing(subject) : ask(healthCheck, info);
      return subject.limit(answer).pipe(
        take(1),
        map(() => true),
        catchError(notYet),
      );
    };

    const notYet = (error: unknown): Observable<boolean> => {
      if (error instanceof Final) return throwError(() => error.reason);
      const previous = cause;
      const refusal = asSandboxError(error);
      cause = refusal;
      if (healthCheck === undefined && isRefusal(refusal) && isRefusal(previous))
        return throwError(() => wrongToken(refusal));
      return subject.getInfo.pipe(
        tap((read) => (info = read)),
        catchError((unread: unknown) => (answerIsFinal(unread) ? throwError(() => unread) : of(undefined))),
        map(() => {
          const failure = failureOf(info);
          if (failure !== undefined) throw failure;
          return false;
        }),
      );
    };

    const delayMs = ({ elapsedMs }: PollTimes): number =>
      Math.max(healthCheckPollingInterval ?? probeInterval(elapsedMs), 1000 * (cause?.retryAfterSeconds ?? 0));

    const ready = poll({ scope: subject.scope ?? unguarded }, probe, { delayMs, isLast: identity }).pipe(
      filter(identity),
      map((): ReadyProgress => ({ phase: "ready", info })),
    );
    const deadline = after(readyTimeoutSeconds * 1000).pipe(
      map((): never => {
        throw timedOut(info.id, readyTimeoutSeconds, attempt, performance.now() - startedAt, cause);
      }),
    );
    return merge(ready, deadline).pipe(take(1)).subscribe(subscriber);
  });
}

/**
 * Whether the sandbox refused the token. One refusal may be temporary, for example while the daemon starts; a second
 * one in a row is not.
 */
function isRefusal(error: SandboxError | undefined): boolean {
  return error?.code === "unauthorized" || error?.code === "forbidden";
}

function wrongToken(error: SandboxError): SandboxError {
  const { code, status, serverCode, serverMessage, requestId, body } = error;
  const advice = `the sandbox's access token is missing or wrong: give it in sandboxHeaders, as ${EXECD_TOKEN_HEADER}`;
  return new SandboxError(
    code,
    { ...error.text, advice },
    { cause: error, status, serverCode, serverMessage, requestId, body },
  );
}

/** Marks what no further probe would change. */
class Final extends Error {
  override readonly name: string = "Final";
  readonly reason: unknown;
  constructor(reason: unknown) {
    super("final");
    this.reason = reason;
  }
}

function locateAndPing({ locate, ping }: ReadySubject): Observable<unknown> {
  return locate.pipe(
    catchError((error: unknown) => throwError(() => (answerIsFinal(error) ? new Final(error) : error))),
    take(1),
    switchMap(() => ping),
  );
}

function ask(
  healthCheck: NonNullable<ReadyOptions<SandboxInfo>["healthCheck"]>,
  info: SandboxInfo,
): Observable<unknown> {
  return defer(() => {
    const answer = healthCheck(info);
    return typeof answer === "boolean" ? of(answer) : from(answer);
  }).pipe(
    take(1),
    defaultIfEmpty(false),
    timeout({
      first: CUSTOM_PROBE_TIMEOUT_MS,
      with: () => throwError(() => new SandboxError("timeout", "The health check gave no answer in 10 s")),
    }),
    map((isHealthy) => {
      if (!isHealthy) throw new SandboxError("unavailable", "The health check returned false");
    }),
  );
}

function timedOut(
  sandboxId: string,
  seconds: number,
  probes: number,
  waitedMs: number,
  cause: SandboxError | undefined,
): ReadyTimeoutError {
  const { what, detail, advice } = cause?.text ?? { detail: "no probe has ended" };
  const last = what === undefined ? detail : `${what}: ${detail}`;
  const text = {
    detail: `Sandbox ${sandboxId} was not ready after ${seconds} s and ${probes} probes: ${last}`,
    advice,
  };
  return new ReadyTimeoutError(text, { sandboxId, probes, waitedMs }, { cause, retryable: true });
}
