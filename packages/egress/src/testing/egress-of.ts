import { NEVER, defer, map, of, throwError, type Observable } from "rxjs";
import {
  isSandboxError,
  createRedactor,
  createScope,
  type Api,
  type ApiRequest,
  type ApiResponse,
} from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { createEgress, type Egress } from "../egress.js";
import type { EgressOptions } from "../egress-options.js";

/** What one request is answered with: a decoded body, or an error. */
export type FakeAnswer = unknown;

/** Egress calls over an API that gives the answers in order, the last one for ever. */
export function egressOf(
  answers: readonly FakeAnswer[],
  { onSecret, ...options }: EgressOptions & { readonly onSecret?: (secret: string) => void } = {},
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
  return { egress: createEgress(createConnection({ api, scope: createScope(), onSecret }), options), sent };
}
