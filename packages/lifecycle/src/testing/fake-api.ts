import { NEVER, defer, map, of, throwError, type Observable } from "rxjs";
import { isRetryable } from "@rxsandbox/protocol";
import {
  ApiError,
  SandboxError,
  createRedactor,
  type Api,
  type ApiRequest,
  type ApiResponse,
  type Scope,
  type SandboxErrorCode,
  type ServerClock,
} from "@rxsandbox/transport";

/** An API whose answers a function gives; remembers what was asked as `METHOD path`. */
export function fakeApi(
  answer: (request: ApiRequest, nth: number) => Observable<unknown>,
): Api & { readonly asked: string[] } {
  const asked: string[] = [];
  const ask = (request: ApiRequest) => defer(() => answer(request, asked.push(`${request.method} ${request.path}`)));
  return {
    asked,
    json: (request, parse) => ask(request).pipe(map((value) => parse(value, {} as ApiResponse))),
    empty: (request) => ask(request).pipe(map(() => undefined)),
    request: () => NEVER,
    open: () => NEVER,
    target: () => of({ url: "http://cp", headers: {}, access: "direct" }),
    redactor: () => createRedactor(),
    explain: (error) => throwError(() => error),
    explainSilence: (error) => throwError(() => error),
  };
}

/** An error answer. */
export function refusal(
  status: number,
  serverCode?: string,
  code: SandboxErrorCode = "server-error",
): Observable<never> {
  return throwError(
    () =>
      new ApiError(code, "refused", {
        status,
        serverCode,
        retryable: isRetryable({ status, method: "GET", sent: true }),
      }),
  );
}

/** What a daemon answers when it is asked for the status of a command that it does not know. */
export function unknownCommand(status = 404): Observable<never> {
  return throwError(() => new ApiError("not-found", "refused", { status, serverMessage: "command not found: none" }));
}

/** A lost connection. */
export function lost(sent = true): Observable<never> {
  const cause = Object.assign(new Error("lost"), { name: "TransportFailure", kind: sent ? "reset" : "connect", sent });
  return throwError(() => new SandboxError("network", "lost", { cause, retryable: true }));
}

/** A scope that only remembers what it was given to clean up, and does it. */
export function fakeScope(): Scope & { readonly cleaned: string[] } {
  const cleaned: string[] = [];
  return {
    isClosed: false,
    cleaned,
    guard: (work) => work,
    cleanup: ({ kind, id }, work) => {
      cleaned.push(`${kind} ${id}`);
      return new Promise((resolve) => work.subscribe({ error: () => resolve(false), complete: () => resolve(true) }));
    },
    drain: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** The clock of a server that has answered, by so much ahead of this machine's. */
export function heardClock(aheadMs = 0): ServerClock {
  return { nowMs: () => Date.now() + aheadMs, hasHeard: () => true, hear: () => undefined };
}

/** A sandbox of the wire. */
export function wireSandbox(id: string, state = "Running"): unknown {
  return { id, status: { state }, createdAt: "2026-11-23T02:03:37Z" };
}
