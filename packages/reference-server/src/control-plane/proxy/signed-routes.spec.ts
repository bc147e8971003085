import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.js";
import { rawHttp } from "../../testing/raw-http.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

describe("directListener with signed routes", () => {
  const clock = new ManualClock();
  let test: TestServer;
  let id: string;
  beforeAll(async () => {
    test = await testServer({ signedRoutes: true, clock });
    id = await test.create();
  });
  afterAll(() => test.close());

  const now = (): number => Math.ceil(clock.now() / 1000);
  const sign = (expires: string | number, sandboxId = id, more = "") =>
    test.call("GET", `/v1/sandboxes/${sandboxId}/endpoints/44772?expires=${expires}${more}`);
  async function at(endpoint: string, rest: string): Promise<{ readonly status: number; readonly text: string }> {
    const [address = "", ...path] = endpoint.split("/");
    const { status, text } = await rawHttp(address, { method: "GET", path: `/${path.join("/")}${rest}` });
    return { status, text };
  }

  it("lead to one port until their second and need nothing else", async () => {
    const { endpoint } = JSON.parse((await sign(now() + 60)).text) as { readonly endpoint: string };
    expect(endpoint).toMatch(new RegExp(`^${test.server.directAddress}/${id}/44772/[0-9a-z]{6,7}/[0-9a-f]{8}k$`));
    expect((await at(endpoint, "/ping")).status).toBe(200);
    expect((await at(endpoint, "/ping?x=1")).status).toBe(200);
    expect(await at(endpoint.replace("/44772/", "/44773/"), "/ping")).toEqual({
      status: 401,
      text: "OpenSandbox Ingress: signature mismatch",
    });
    expect(await at(endpoint.replace(/.$/, ""), "/ping")).toEqual({
      status: 400,
      text: "OpenSandbox Ingress: malformed signed route",
    });
    clock.advance(61_000);
    expect(await at(endpoint, "/ping")).toEqual({ status: 401, text: "OpenSandbox Ingress: signed route expired" });
  });

  it("of a sandbox that is gone are 404 by the gateway", async () => {
    const gone = await test.create();
    const { endpoint } = JSON.parse((await sign(now() + 600, gone)).text) as { readonly endpoint: string };
    await test.call("DELETE", `/v1/sandboxes/${gone}`);
    expect(await at(endpoint, "/ping")).toEqual({ status: 404, text: "OpenSandbox Ingress: sandbox not found" });
  });

  it.each(["-1", "0", "1", "99999999999999999999"])("are refused for the second %s", async (expires) => {
    const answer = await sign(expires);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("SANDBOX::INVALID_PARAMETER")]);
  });

  it("are refused for anything that is not a number, beside the server proxy, and for an unknown sandbox", async () => {
    expect((await sign("soon")).status).toBe(422);
    expect((await sign(now() + 60, id, "&use_server_proxy=true")).status).toBe(400);
    expect((await sign(now() + 60, "00000000-0000-4000-8000-000000000000")).status).toBe(404);
  });

  it("are not even looked at where they are off", async () => {
    const other = await testServer();
    try {
      const answer = await rawHttp(other.server.directAddress, {
        method: "GET",
        path: "/box/44772/zzzzzz/00000000k/ping",
      });
      expect([answer.status, answer.text]).toEqual([401, expect.stringContaining("INVALID_ENDPOINT_TOKEN")]);
    } finally {
      await other.close();
    }
  });
});
