import { NEVER, Observable, concat, from, of } from "rxjs";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redaction/redactor.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import type { ApiRequest } from "../ports/api.js";
import type { StreamPart, Transport, TransportRequest } from "../ports/transport.js";
import { createApi } from "./create-api.js";

const call: ApiRequest = { what: "Get thing", method: "GET", path: "/things/1" };
const flow = { pause: () => undefined, resume: () => undefined, detach: () => undefined };

/** An API over a server that answers every call alike; a stream stays open. */
function setUp(status: number, encoding: string, text: string, apiHeaders: Readonly<Record<string, string>> = {}) {
  const sent: TransportRequest[] = [];
  let aborted = 0;
  const headers = { "content-encoding": encoding };
  const body = new TextEncoder().encode(text);
  const transport: Transport = {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true },
    request: (request) => {
      sent.push(request);
      return of({ status, headers, body });
    },
    open: (request) =>
      new Observable<StreamPart>((subscriber) => {
        sent.push(request);
        subscriber.add(() => (aborted += 1));
        const parts: readonly StreamPart[] = [
          { kind: "head", status, headers, flow },
          { kind: "chunk", bytes: body },
        ];
        return concat(from(parts), NEVER).subscribe(subscriber);
      }),
    connect: () => NEVER,
    close: () => Promise.resolve(),
  };
  const target = () => of({ url: "http://host", headers: {}, access: "direct" as const });
  const api = createApi({
    transport,
    target,
    headers: apiHeaders,
    requestTimeoutMs: 30_000,
    redact: createRedactor([]),
  });
  return { api, sent, aborted: () => aborted };
}

function outcome(work: Observable<unknown>): {
  readonly values: readonly unknown[];
  readonly error: SandboxError | undefined;
} {
  const values: unknown[] = [];
  let error: SandboxError | undefined;
  work.subscribe({ next: (value) => values.push(value), error: (thrown: SandboxError) => (error = thrown) });
  return { values, error };
}

describe("createApi and encoded bodies", () => {
  it("asks for plain bodies, unless the caller asks for something else", () => {
    const { api, sent } = setUp(200, "", "{}");
    for (const work of [
      api.json(call, (value) => value),
      api.open(call),
      api.empty({ ...call, headers: { "Accept-Encoding": "gzip" } }),
    ])
      outcome(work);
    expect(sent.map(({ headers }) => headers["accept-encoding"])).toEqual(["identity", "identity", "gzip"]);
    const other = setUp(200, "", "{}", { "Accept-Encoding": "br" });
    outcome(other.api.empty(call));
    expect(other.sent[0]?.headers["accept-encoding"]).toBe("br");
  });

  it("names the encoding of a whole answer that cannot be read, and does not ask again", () => {
    const { api, sent } = setUp(200, "GZIP", "\u001f\u008b");
    for (const work of [api.json(call, (value) => value), api.request(call)]) {
      expect(outcome(work)).toMatchObject({
        values: [],
        error: { code: "protocol", status: 200, message: expect.stringContaining("content-encoding: gzip") as string },
      });
    }
    expect(sent).toHaveLength(2);
  });

  it("names the encoding of a stream that cannot be read, and ends the exchange", () => {
    const { api, aborted } = setUp(200, "br", "\u000b");
    expect(outcome(api.open(call))).toMatchObject({
      values: [],
      error: { code: "protocol", status: 200, message: expect.stringContaining("content-encoding: br") as string },
    });
    expect(aborted()).toBe(1);
  });

  it.each([
    ["identity", "{}"],
    ["", "{}"],
    ["gzip", ""],
  ])("reads a body with the encoding %j and the text %j", (encoding, body) => {
    expect(outcome(setUp(200, encoding, body).api.request(call))).toMatchObject({
      values: [{ status: 200 }],
      error: undefined,
    });
  });

  it("lets a call that needs no body succeed whatever its encoding", () => {
    expect(outcome(setUp(200, "gzip", "\u001f").api.empty(call))).toEqual({ values: [undefined], error: undefined });
  });

  it("keeps the status of an error whose body cannot be read", () => {
    const { api } = setUp(503, "gzip", "\u001f\u008bxyz");
    for (const work of [api.empty({ ...call, noRetry: true }), api.open(call)]) {
      expect(outcome(work)).toMatchObject({ error: { code: "unavailable", status: 503, serverMessage: undefined } });
    }
  });
});
