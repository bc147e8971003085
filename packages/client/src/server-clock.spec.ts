import { firstValueFrom } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestTransport } from "@rxsandbox/testkit";
import { createClient } from "./create-client.js";

const sandbox = { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" };

describe.each([
  ["an hour ahead of", 3600],
  ["an hour behind", -3600],
])("a client of a server whose clock is %s this machine's", (_, aheadSeconds) => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) }));
  afterEach(() => void vi.useRealTimers());

  function world() {
    const serverSeconds = () => Math.floor(Date.now() / 1000) + aheadSeconds;
    const headers = () => ({ date: new Date(serverSeconds() * 1000).toUTCString() });
    const told: { lifeSeconds?: number; validSeconds?: number } = {};
    const transport = createTestTransport({
      "GET /v1/sandboxes/:id": () => ({ json: sandbox, headers: headers() }),
      "POST /v1/sandboxes/:id/renew-expiration": (request) => {
        const { expiresAt } = request.json() as { expiresAt: string };
        told.lifeSeconds = Date.parse(expiresAt) / 1000 - serverSeconds();
        return { json: { expiresAt }, headers: headers() };
      },
      "GET /v1/sandboxes/:id/endpoints/:port": ({ query }) => {
        told.validSeconds = Number(query.get("expires")) - serverSeconds();
        return { json: { endpoint: "gw.test/s/44772/x/y" }, headers: headers() };
      },
      "GET */ping": {},
    });
    return {
      told,
      client: createClient({
        domain: "cp.test",
        apiKey: "KEY",
        transport,
        access: { kind: "signed", ttlSeconds: 120 },
      }),
    };
  }

  it("renews for the seconds that were asked for", async () => {
    const { client, told } = world();
    await firstValueFrom(client.sandboxes.renew("s", 600));
    // A Date header has whole seconds.
    expect(Math.abs((told.lifeSeconds ?? NaN) - 600)).toBeLessThanOrEqual(1);
  });

  it("asks for signed routes of the life that was asked for", async () => {
    const { client, told } = world();
    await firstValueFrom(client.connect("s"));
    expect(Math.abs((told.validSeconds ?? NaN) - 120)).toBeLessThanOrEqual(2);
  });
});
