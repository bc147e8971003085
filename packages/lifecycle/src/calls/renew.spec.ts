import { of } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createApi,
  createRedactor,
  createServerClock,
  type ApiRequest,
  type SandboxError,
  type Transport,
} from "@rxsandbox/transport";
import { fakeApi, heardClock, refusal, wireSandbox } from "../testing/fake-api.js";
import { renewSandbox } from "./renew.js";

const now = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

function serverWith(clock = createServerClock(), answersInfo = true) {
  const renewals: number[] = [];
  const api = fakeApi((request: ApiRequest) => {
    if (request.method === "GET") return answersInfo ? of(wireSandbox("s")) : refusal(500);
    const { expiresAt } = request.json as { expiresAt: string };
    renewals.push((Date.parse(expiresAt) - now) / 1000);
    return of({ expiresAt });
  });
  renewSandbox(api, clock, "s", 600).subscribe();
  return { asked: api.asked, renewals };
}

describe("renewSandbox", () => {
  beforeEach(() => void vi.useFakeTimers({ now }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["ahead of", HOUR_MS],
    ["behind", -HOUR_MS],
  ])("counts from the server's clock, which is an hour %s this machine's", (_, aheadMs) => {
    expect(serverWith(heardClock(aheadMs))).toEqual({
      asked: ["POST /sandboxes/s/renew-expiration"],
      renewals: [aheadMs / 1000 + 600],
    });
  });

  it("reads the sandbox first where no answer has told the server's clock yet, and goes on where that fails", () => {
    for (const answersInfo of [true, false]) {
      expect(serverWith(createServerClock(), answersInfo)).toEqual({
        asked: ["GET /sandboxes/s", "POST /sandboxes/s/renew-expiration"],
        renewals: [600],
      });
    }
  });

  it("learns the clock from a refusal too, which is asked for once", async () => {
    const date = new Date(now + HOUR_MS).toUTCString();
    const sent: string[] = [];
    const transport = {
      request: (request: { readonly method: string; readonly body?: unknown }) => {
        sent.push(request.method === "GET" ? "GET" : String(request.body));
        return of({ status: 503, headers: { date }, body: new Uint8Array() });
      },
    } as unknown as Transport;
    const clock = createServerClock();
    const api = createApi({
      transport,
      target: () => of({ url: "http://h", headers: {}, access: "direct" }),
      requestTimeoutMs: 1000,
      redact: createRedactor(),
      clock,
    });
    renewSandbox(api, clock, "s", 600).subscribe({ error: () => undefined });
    expect(sent).toHaveLength(2);
    expect(sent[0]).toBe("GET");
    const { expiresAt } = JSON.parse(sent[1] ?? "") as { expiresAt: string };
    expect(Math.abs(Date.parse(expiresAt) - (now + HOUR_MS + 600_000))).toBeLessThanOrEqual(1000);
  });

  it("speaks of the clock when the server takes the new expiry for past", () => {
    let error: SandboxError | undefined;
    renewSandbox(
      fakeApi(() => refusal(400, "DOCKER::INVALID_EXPIRATION", "invalid-request")),
      heardClock(),
      "s",
      600,
    ).subscribe({ error: (reason: SandboxError) => (error = reason) });
    expect(error).toMatchObject({ code: "invalid-request", status: 400, serverCode: "DOCKER::INVALID_EXPIRATION" });
    expect(error?.message).toContain(
      "; the server's clock may be ahead of this machine's by 600 s or more: set the clock of this machine [invalid-request]",
    );
  });
});
