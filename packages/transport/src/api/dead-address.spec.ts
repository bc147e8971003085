import { Observable, lastValueFrom, of, throwError, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import type { ApiRequest } from "../ports/api.js";
import type { StreamPart, Transport, TransportRequest, TransportResponse } from "../ports/transport.js";
import { createRedactor } from "../redaction/redactor.js";
import type { RetryOptions } from "./api-options.js";
import { createApi } from "./create-api.js";

const encoder = new TextEncoder();
const gateway = (status: number, reason = "signature mismatch"): TransportResponse => ({
  status,
  headers: {},
  body: encoder.encode(`OpenSandbox Ingress: ${reason}`),
});
const ok: TransportResponse = { status: 200, headers: {}, body: encoder.encode("{}") };
const refused = (sent = true) => throwError(() => createTransportFailure("connect", "refused", { sent }));

/**
 * A sandbox whose address is `http://1`, then `http://2` and so on, each time that it is looked up after it was
 * forgotten.
 */
function world(answer: (url: string) => Observable<TransportResponse>, retry?: RetryOptions | false) {
  const sent: string[] = [];
  let address = 1;
  const request = ({ url, method }: TransportRequest): Observable<TransportResponse> => {
    sent.push(`${method} ${url}`);
    return answer(url);
  };
  const transport: Transport = {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true },
    request,
    open: (given) =>
      new Observable<StreamPart>((subscriber) =>
        request(given).subscribe({
          next: ({ status, headers, body }) => {
            subscriber.next({
              kind: "head",
              status,
              headers,
              flow: { pause: () => undefined, resume: () => undefined, detach: () => undefined },
            });
            subscriber.next({ kind: "chunk", bytes: body });
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      ),
    connect: () => throwError(() => new Error("not here")),
    close: () => Promise.resolve(),
  };
  const api = createApi({
    transport,
    target: () => of({ url: `http://${address}`, headers: {}, access: "signed" }),
    invalidate: () => void (address += 1),
    requestTimeoutMs: 1000,
    redact: createRedactor(),
    ...(retry !== undefined && { retry }),
  });
  return { api, sent, address: () => address };
}

const post: ApiRequest = { what: "Run", method: "POST", path: "/x" };

async function outcome(work: Observable<unknown>): Promise<unknown> {
  const end = lastValueFrom(work.pipe(toArray())).then(
    () => "done",
    (error: SandboxError) => error.code,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  return end;
}

describe("deadAddress", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([401, 404])(
    "sends even a POST once more where a gateway kept it from the sandbox with %i",
    async (status) => {
      const { api, sent } = world((url) => of(url.startsWith("http://1") ? gateway(status) : ok));
      expect(await outcome(api.empty(post))).toBe("done");
      expect(sent).toEqual(["POST http://1/x", "POST http://2/x"]);
    },
  );

  it("does so for a stream that has not begun", async () => {
    const { api, sent } = world((url) => of(url.startsWith("http://1") ? gateway(401) : ok));
    expect(await outcome(api.open(post))).toBe("done");
    expect(sent).toHaveLength(2);
  });

  it("looks up once per call only", async () => {
    const { api, sent } = world(() => of(gateway(404)));
    expect(await outcome(api.empty(post))).toBe("not-found");
    expect(sent).toEqual(["POST http://1/x", "POST http://2/x"]);
    const down = world(() => refused(false));
    expect(await outcome(down.api.empty(post))).toBe("network");
    expect(down.sent).toEqual(["POST http://1/x", "POST http://2/x", "POST http://2/x"]);
  });

  it.each<[string, TransportResponse]>([
    ["a 404 of the sandbox", { status: 404, headers: {}, body: encoder.encode("404 page not found") }],
    ["a gateway that waits for the sandbox", gateway(503)],
    ["a malformed route", gateway(400)],
    ["an empty 401", { status: 401, headers: {}, body: new Uint8Array() }],
  ])("is not seen in %s", async (_, answer) => {
    const { api, sent, address } = world(() => of(answer));
    await outcome(api.empty(post));
    expect([sent.length, address()]).toEqual([1, 1]);
  });

  it("is forgotten but nothing is sent again where nothing may be repeated", async () => {
    for (const [retry, request] of [
      [false, post],
      [undefined, { ...post, noRetry: true }],
    ] as const) {
      const { api, sent, address } = world(() => of(gateway(401)), retry);
      expect(await outcome(api.empty(request))).toBe("unauthorized");
      expect([sent.length, address()]).toEqual([1, 2]);
    }
    // Without proof that nothing left, a POST is not repeated either.
    const { api, sent, address } = world(() => refused());
    expect(await outcome(api.empty(post))).toBe("network");
    expect([sent.length, address()]).toEqual([1, 2]);
  });
});
