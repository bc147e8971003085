import { afterEach, describe, expect, it } from "vitest";
import { testServer, type TestServer } from "../../testing/test-server.js";

describe("diagnosticRoutes", () => {
  let server: TestServer;
  afterEach(() => server.close());
  const get = (path: string) => server.call("GET", `/v1/sandboxes/${path}`);

  it("tell what the server did and nothing that was run or is secret", async () => {
    server = await testServer();
    const id = await server.create({
      env: { MY_KEY: "hidden-1", PLAIN: "shown\n  opensandbox.io/id=forged" },
      metadata: { "auth-token": "hidden-2" },
      networkPolicy: { defaultAction: "deny", egress: [] },
    });
    await server.run(id, "echo hidden-3");
    const endpoint = JSON.parse((await get(`${id}/endpoints/18080`)).text) as {
      readonly headers: Readonly<Record<string, string>>;
    };
    await server.call("POST", `/v1/sandboxes/${id}/pause`);
    const logs = await get(`${id}/diagnostics/logs`);
    expect([logs.status, logs.headers["content-type"], logs.headers["deprecation"]]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "true",
    ]);
    expect(logs.text.split("\n").map((line) => line.replace(/^\S+Z /, ""))).toEqual([
      expect.stringContaining("created by driver"),
      "paused",
      "",
    ]);
    expect((await get(`${id}/diagnostics/logs?tail=1`)).text).toMatch(/^\S+Z paused\n$/);
    const summary = await get(`${id}/diagnostics/summary?tail=1`);
    expect(summary.text).toContain("  opensandbox.io/egress-auth-token=***\n");
    expect(summary.text).toContain("  PLAIN=shown   opensandbox.io/id=forged\n");
    expect(summary.text).toContain("  MY_KEY=***\n");
    expect(summary.text).toContain("Status:     paused\n");
    for (const secret of [
      "hidden-1",
      "hidden-2",
      "hidden-3",
      endpoint.headers["OPENSANDBOX-EGRESS-AUTH"] ?? "",
      server.server.apiKey,
    ])
      expect(summary.text).not.toContain(secret);
  });

  it("show a scope in place in profile spec, and say so where nothing is kept of it", async () => {
    server = await testServer({ profile: "spec" });
    const id = await server.create();
    expect(JSON.parse((await get(`${id}/diagnostics/logs?scope=lifecycle`)).text)).toMatchObject({
      sandboxId: id,
      kind: "logs",
      scope: "lifecycle",
      delivery: "inline",
      contentType: "text/plain; charset=utf-8",
      truncated: false,
      content: expect.stringContaining("created by driver") as string,
    });
    expect(JSON.parse((await get(`${id}/diagnostics/events?scope=network`)).text)).toMatchObject({
      content: "",
      contentLength: 0,
      warnings: ["This server keeps no events of that scope."],
    });
    expect((await get(`00000000-0000-4000-8000-000000000000/diagnostics/logs?scope=all`)).status).toBe(404);
  });
});
