import { NEVER, defer, map, of, throwError, type Observable } from "rxjs";
import { isSandboxError, createRedactor, type Api, type ApiRequest, type ApiResponse } from "@rxsandbox/transport";
import { createEgress, type Egress, type EgressOptions } from "../egress.js";

/** What one request is answered with: a decoded body, or an error. */
export type FakeAnswer = unknown;

/** Egress calls over an API that gives the answers in order, the last one for ever. */
export function egressOf(
  answers: readonly FakeAnswer[],
  options: Partial<EgressOptions> = {},
): { readonly egress: Egress; readonly sent: ApiRequest[] } {
  const sent: ApiRequest[] = [];
  const ask = (request: ApiRequest): Observable<unknown> =>
    defer(() => {
      sent.push(request);
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      return isSandboxError(answer) ? throwError(() => answer) : of(answer);
    });
  const api: Api = {
    json: (request, parse) => ask(request).pipe(map((value) => parse(value, {} as ApiResponse))),
    empty: (request) => ask(request).pipe(map(() => undefined)),
    request: () => NEVER,
    open: () => NEVER,
    target: () => NEVER,
    redactor: () => createRedactor(),
    explain: (error) => throwError(() => error),
    explainSilence: (error) => throwError(() => error),
  };
  return { egress: createEgress({ api, scope: { guard: (work) => work }, ...options }), sent };
}
