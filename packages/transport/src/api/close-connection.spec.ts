import { NEVER, defer, of, throwError, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SandboxError } from "../errors/sandbox-error.js";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { ApiRequest } from "../ports/api.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import type { Transport, TransportRequest, TransportResponse } from "../ports/transport.js";
import { createRedactor } from "../redaction/redactor.js";
import { createApi } from "./create-api.js";

const answered: TransportResponse = { status: 200, headers: {}, body: new Uint8Array(0) };
const post: ApiRequest = { what: "Make thing", method: "POST", path: "/things" };

/** An API that finds another address for each attempt, of which the first refuses connections. */
function apiThatMoves() {
  const urls = ["http://one", "http://two"];
  const sent: TransportRequest[] = [];
  const request = (asked: TransportRequest): Observable<TransportResponse> =>
    defer(() =>
      sent.push(asked) === 1
        ? throwError(() => createTransportFailure("connect", "scripted", { sent: false }))
        : of(answered),
    );
  const transport: Transport = {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true },
    request,
    open: () => NEVER,
    connect: () => NEVER,
    close: () => Promise.resolve(),
  };
  const target = (): Observable<Endpoint> => of({ url: urls.shift() ?? "http://last", headers: {}, access: "direct" });
  return { api: createApi({ transport, target, requestTimeoutMs: 1000, redact: createRedactor([]) }), sent };
}

describe("closeConnection", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is decided by the address of each attempt where it is a function", async () => {
    const { api, sent } = apiThatMoves();
    api.empty({ ...post, closeConnection: ({ url }) => url === "http://two" }).subscribe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.map(({ url, closeConnection = false }) => [url, closeConnection])).toEqual([
      ["http://one/things", false],
      ["http://two/things", true],
    ]);
  });

  it("ends the call, unsent, with what the function throws", () => {
    const { api, sent } = apiThatMoves();
    const refusal = new SandboxError("unsupported", "not at this address [unsupported]");
    const errors: unknown[] = [];
    const closeConnection = (): never => {
      throw refusal;
    };
    api.empty({ ...post, closeConnection }).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([refusal]);
    expect(sent).toEqual([]);
  });
});
