import { NEVER, Observable, defer, of, throwError } from "rxjs";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import type { ApiRequest } from "../ports/api.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import type { StreamPart, Transport, TransportRequest, TransportResponse } from "../ports/transport.js";
import { createRedactor } from "../redaction/redactor.js";
import type { ApiOptions } from "../api/api-options.js";
import { createApi } from "../api/create-api.js";

/** A transport for the specs of this package, which may not use testkit: the answers come from a function. */
export interface FakeTransport extends Transport {
  readonly sent: TransportRequest[];
  readonly aborted: () => number;
}

export function fakeTransport(
  answer: (request: TransportRequest, nth: number) => Observable<TransportResponse | StreamPart>,
): FakeTransport {
  const sent: TransportRequest[] = [];
  let aborted = 0;
  const exchange = (request: TransportRequest): Observable<never> =>
    new Observable((subscriber) => {
      let isEnded = false;
      const end = (): void => {
        isEnded = true;
      };
      subscriber.add(() => {
        if (!isEnded) aborted += 1;
      });
      subscriber.add(
        defer(() => answer(request, sent.push(request))).subscribe({
          next: (value) => subscriber.next(value as never),
          error: (error: unknown) => {
            end();
            subscriber.error(error);
          },
          complete: () => {
            end();
            subscriber.complete();
          },
        }),
      );
    });
  return {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true },
    sent,
    aborted: () => aborted,
    request: exchange,
    open: exchange,
    connect: () => NEVER,
    close: () => Promise.resolve(),
  };
}

export function response(
  status: number,
  body: unknown = "",
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  return { status, headers, body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)) };
}

export const get: ApiRequest = { what: "Get thing", method: "GET", path: "/things/1" };
export const flow = { pause: () => undefined, resume: () => undefined, detach: () => undefined };
export const head = (status: number, headers = {}): StreamPart => ({ kind: "head", status, headers, flow });
export const chunk = (text: string): StreamPart => ({ kind: "chunk", bytes: new TextEncoder().encode(text) });
export const lost = (kind: "connect" | "reset" | "timeout" | "closed" | "redirect", sent = kind !== "connect") =>
  throwError(() => createTransportFailure(kind, "scripted", { sent }));

export function setUp(
  answer: (request: TransportRequest, nth: number) => Observable<TransportResponse | StreamPart>,
  options: Partial<ApiOptions> = {},
) {
  const transport = fakeTransport(answer);
  const events: ClientEvent[] = [];
  const endpoint: Endpoint = { url: "http://host/base", headers: {}, access: "direct" };
  const api = createApi({
    transport,
    target: () => of(endpoint),
    requestTimeoutMs: 30_000,
    redact: createRedactor(["s3cret-value"]),
    events: { next: (event) => void events.push(event) },
    ...options,
  });
  return { transport, api, events };
}

export function collect<T>(work: Observable<T>) {
  const seen: { values: T[]; error?: SandboxError; done: boolean; unsubscribe: () => void } = {
    values: [],
    done: false,
    unsubscribe: () => undefined,
  };
  const subscription = work.subscribe({
    next: (value) => seen.values.push(value),
    error: (error: unknown) => {
      seen.error = error as SandboxError;
    },
    complete: () => {
      seen.done = true;
    },
  });
  seen.unsubscribe = () => subscription.unsubscribe();
  return seen;
}
