import { NEVER, firstValueFrom, of } from "rxjs";
import { describe, expect, it } from "vitest";
import type { Api, ApiRequest, ApiResponse } from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { fakeApi, fakeScope } from "../testing/fake-api.js";
import { createDiagnostics } from "./diagnostics.js";

function world(text: string, json: unknown = {}) {
  const requests: ApiRequest[] = [];
  const secrets: string[] = [];
  const told = <T>(request: ApiRequest, answer: T): T => {
    requests.push(request);
    return answer;
  };
  const api: Api = {
    ...fakeApi((request) => told(request, of(json))),
    request: (request) =>
      told(
        request,
        of<ApiResponse>({ status: 200, headers: {}, body: new TextEncoder().encode(text), requestId: "r" }),
      ),
    open: () => NEVER,
  };
  return {
    diagnostics: createDiagnostics(
      createConnection({ api, scope: fakeScope(), onSecret: (secret: string) => secrets.push(secret) }),
      "s",
    ),
    requests,
    secrets,
  };
}

describe("createDiagnostics", () => {
  it("asks for texts as told", async () => {
    const { diagnostics, requests } = world("é\n");
    expect(await firstValueFrom(diagnostics.logs())).toBe("é\n");
    for (const call of [
      diagnostics.logs({ tail: 10_000, since: "10m" }),
      diagnostics.events({ limit: 500 }),
      diagnostics.inspect(),
      diagnostics.summary({ tail: 1, eventLimit: 2 }),
    ])
      await firstValueFrom(call);
    expect(requests.map(({ path, query }) => [path, JSON.stringify(query)])).toEqual([
      ["/sandboxes/s/diagnostics/logs", "{}"],
      ["/sandboxes/s/diagnostics/logs", `{"tail":10000,"since":"10m"}`],
      ["/sandboxes/s/diagnostics/events", `{"limit":500}`],
      ["/sandboxes/s/diagnostics/inspect", "{}"],
      ["/sandboxes/s/diagnostics/summary", `{"tail":1,"event_limit":2}`],
    ]);
  });

  it("masks what a name gives away as a secret, in inspect and summary", async () => {
    const text =
      "Labels:\n  opensandbox.io/egress-auth-token=EGRESS\n  opensandbox.io/id=x\nEnvironment:\n  MY_KEY=***\n  PLAIN=shown\n  DB_PASSWD=p=q\n2026 TOKEN=in-a-log\n";
    const masked =
      "Labels:\n  opensandbox.io/egress-auth-token=***\n  opensandbox.io/id=x\nEnvironment:\n  MY_KEY=***\n  PLAIN=shown\n  DB_PASSWD=***\n2026 TOKEN=in-a-log\n";
    const { diagnostics } = world(text);
    expect(await firstValueFrom(diagnostics.inspect())).toBe(masked);
    expect(await firstValueFrom(diagnostics.summary())).toBe(masked);
  });

  it("reads a descriptor and makes its address known as a secret", async () => {
    const url = {
      sandboxId: "s",
      kind: "logs",
      scope: "container",
      delivery: "url",
      contentType: "text/plain",
      truncated: true,
      contentUrl: "https://store.example/x?sig=1",
      expiresAt: "2026-11-23T08:05:39Z",
      contentLength: 9,
    };
    const { diagnostics, requests, secrets } = world("", url);
    expect(await firstValueFrom(diagnostics.describe("logs", "container"))).toEqual({
      ...url,
      expiresAt: new Date("2026-11-23T08:05:39Z"),
      warnings: [],
    });
    expect(requests[0]?.query).toEqual({ scope: "container" });
    expect(secrets).toEqual(["https://store.example/x?sig=1"]);
  });

  it.each([
    null,
    {},
    { sandboxId: "s", kind: "logs", scope: "all", delivery: "inline", contentType: "text/plain" },
    { sandboxId: "s", kind: "logs", scope: "all", delivery: "url", contentType: "text/plain" },
  ])("refuses the descriptor %j", async (json) => {
    await expect(firstValueFrom(world("", json).diagnostics.describe("logs", "all"))).rejects.toMatchObject({
      code: "protocol",
    });
  });

  it("refuses wrong arguments at the call", () => {
    const { diagnostics, requests } = world("");
    const wrong: Record<string, () => unknown> = {
      tail: () => diagnostics.logs({ tail: 0 }),
      since: () => diagnostics.logs({ since: "10 minutes" }),
      limit: () => diagnostics.events({ limit: 501 }),
      eventLimit: () => diagnostics.summary({ eventLimit: 1.5 }),
      kind: () => diagnostics.describe("inspect" as "logs", "all"),
      scope: () => diagnostics.describe("logs", " "),
      lines: () => diagnostics.logs({ lines: 3 } as object),
    };
    for (const [argument, call] of Object.entries(wrong))
      expect(call, argument).toThrow(expect.objectContaining({ code: "invalid-argument", argument }));
    expect(requests).toEqual([]);
  });
});
