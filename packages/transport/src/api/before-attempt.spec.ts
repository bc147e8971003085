import { NEVER, Observable, lastValueFrom, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { ApiRequest } from "../ports/api.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { Transport, TransportResponse } from "../ports/transport.js";
import { createRedactor } from "../redaction/redactor.js";
import { createApi } from "./create-api.js";

const answered: TransportResponse = { status: 200, headers: {}, body: new Uint8Array(0) };
const post: ApiRequest = { what: "Make thing", method: "POST", path: "/things" };

/** An API whose first sendings are refused connections. */
function apiAfter(refusals: number) {
  const sent: string[] = [];
  const events: ClientEvent[] = [];
  const request = (): Observable<TransportResponse> =>
    new Observable((subscriber) => {
      sent.push("POST");
      const answer =
        sent.length <= refusals
          ? throwError(() => createTransportFailure("connect", "scripted", { sent: false }))
          : of(answered);
      return answer.subscribe(subscriber);
    });
  const transport: Transport = {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true },
    request,
    open: () => NEVER,
    connect: () => NEVER,
    close: () => Promise.resolve(),
  };
  const api = createApi({
    transport,
    target: () => of({ url: "http://host", headers: {}, access: "direct" }),
    requestTimeoutMs: 1000,
    redact: createRedactor([]),
    events: { next: (event) => void events.push(event) },
  });
  return { api, sent, events };
}

describe("beforeAttempt", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is asked before each sending", async () => {
    const { api, sent, events } = apiAfter(2);
    const asked: number[] = [];
    const ids: string[] = [];
    const beforeAttempt = (requestId: string): boolean => ids.push(requestId) > 0 && asked.push(sent.length) > 0;
    const work = lastValueFrom(api.request({ ...post, beforeAttempt }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await work).status).toBe(200);
    expect(asked).toEqual([0, 1, 2]);
    const sendings = events.filter((event) => event.type === "request");
    expect(ids).toEqual(sendings.map(({ requestId }) => requestId));
  });

  it("keeps the call from being sent, or from being repeated, and ends it without a value", async () => {
    for (const allowed of [0, 1]) {
      const { api, sent, events } = apiAfter(3);
      let asked = 0;
      const values: unknown[] = [];
      let isComplete = false;
      api
        .request({ ...post, beforeAttempt: () => asked++ < allowed })
        .subscribe({ next: (value) => values.push(value), complete: () => (isComplete = true) });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(sent).toHaveLength(allowed);
      expect(events.filter(({ type }) => type === "request")).toHaveLength(allowed);
      expect(values).toEqual([]);
      expect(isComplete).toBe(true);
    }
  });
});
