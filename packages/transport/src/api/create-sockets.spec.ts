import { NEVER, Observable, of } from "rxjs";
import { describe, expect, it } from "vitest";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { SocketPart, SocketRequest, Transport } from "../ports/transport.js";
import { createRedactor } from "../redaction/redactor.js";
import { createSockets } from "./create-sockets.js";

interface SetUp {
  readonly headers?: Readonly<Record<string, string>>;
  readonly socketHeaders?: boolean;
  readonly parts?: Observable<SocketPart>;
}

function setUp({ headers = {}, socketHeaders = true, parts = NEVER }: SetUp) {
  const requests: SocketRequest[] = [];
  const events: ClientEvent[] = [];
  let invalidated = 0;
  const transport = {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders },
    connect: (request: SocketRequest) => {
      requests.push(request);
      return parts;
    },
  } as unknown as Transport;
  const sockets = createSockets({
    transport,
    target: () => of({ url: "https://h.example/base", headers, access: "direct" }),
    invalidate: () => void (invalidated += 1),
    requestTimeoutMs: 500,
    redact: createRedactor([]),
    events: { next: (event) => void events.push(event) },
  });
  const outcome: unknown[] = [];
  const call = sockets.connect({ what: "Attach", path: "/pty/1/ws", query: { since: 3, pty: undefined } });
  call.subscribe({ next: (part) => void outcome.push(part), error: (error: unknown) => void outcome.push(error) });
  return { requests, events, outcome, invalidated: () => invalidated };
}

describe("createSockets", () => {
  it("opens a socket at the address, with its headers and a request id", () => {
    const { requests, events } = setUp({ headers: { "X-Token": "t" } });
    expect(requests).toEqual([
      {
        url: "wss://h.example/base/pty/1/ws?since=3",
        headers: { "x-token": "t", "x-request-id": expect.any(String) },
        timeoutMs: 500,
      },
    ]);
    expect(events.map(({ type }) => type)).toEqual(["request"]);
  });

  it("sends no headers where the platform has none, and is unsupported where the address needs some", () => {
    expect(setUp({ socketHeaders: false }).requests[0]?.headers).toEqual({});
    const { requests, outcome } = setUp({ socketHeaders: false, headers: { "x-token": "s3cret-value" } });
    expect(requests).toEqual([]);
    expect(outcome).toEqual([
      expect.objectContaining({ code: "unsupported", message: expect.stringContaining("signed route") }),
    ]);
    expect(String(outcome[0])).not.toContain("s3cret");
  });

  it("maps a failure, and forgets the address after a failed connection", () => {
    const failing = (kind: "connect" | "reset") =>
      setUp({
        parts: new Observable((subscriber) => subscriber.error(createTransportFailure(kind, "no", { sent: true }))),
      });
    const refused = failing("connect");
    expect(refused.outcome).toEqual([
      expect.objectContaining({
        code: "network",
        message: expect.stringMatching(/^Attach \(GET \/pty\/1\/ws\): cannot connect to h\.example; .*access: "proxy"/),
      }),
    ]);
    expect(refused.invalidated()).toBe(1);
    expect(refused.events.map(({ type }) => type)).toEqual(["request", "failed"]);
    expect(failing("reset").invalidated()).toBe(0);
  });
});
