import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../testing/available-drivers.js";
import { type TestServer, testServer } from "../testing/test-server.js";

const DEPTH = 100_000;
const deep = {
  arrays: "[".repeat(DEPTH) + "]".repeat(DEPTH),
  objects: `${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`,
};

describe.each(await availableDrivers())("odd input of a client (%s driver)", (driver) => {
  let test: TestServer;
  let id: string;
  beforeAll(async () => {
    test = await testServer({ driver });
    id = await test.create();
  });
  afterAll(() => test.close());

  const send = async (method: string, path: string, body: string): Promise<number> => {
    const headers = { "OPEN-SANDBOX-API-KEY": test.server.apiKey, "Content-Type": "application/json" };
    return (await fetch(`http://${test.server.domain}${path}`, { method, headers, body })).status;
  };

  it.each([
    ["POST", "/v1/sandboxes"],
    ["PATCH", "/v1/sandboxes/:id/metadata"],
    ["POST", "/v1/sandboxes/:id/renew-expiration"],
    ["POST", "/v1/sandboxes/:id/snapshots"],
    ["POST", "/v1/pools"],
    ["POST", "/v1/sandboxes/:id/proxy/44772/command"],
    ["POST", "/v1/sandboxes/:id/proxy/44772/files/replace"],
  ] as const)("refuses a body of 100,000 levels at %s %s (H12)", async (method, path) => {
    for (const body of [deep.arrays, deep.objects, `{"metadata":${deep.objects},"image":${deep.arrays}}`]) {
      expect([400, 401, 404, 415, 422, 501]).toContain(await send(method, path.replace(":id", id), body));
    }
    expect(await test.run(id, "echo alive")).toBe("alive\n");
  });

  it.each(["/.host", "/.host/x", "/a\nb", "/a\0b", `/${"n".repeat(300)}`, `/${"p/".repeat(3000)}p`])(
    "refuses the mount path %j (H12)",
    async (mountPath) => {
      const volumes = [{ name: "v", mountPath, pvc: { claimName: "odd" } }];
      expect(
        await send(
          "POST",
          "/v1/sandboxes",
          JSON.stringify({ image: { uri: "any" }, entrypoint: ["true"], resourceLimits: {}, volumes }),
        ),
      ).toBe(400);
    },
  );

  it("never waits for the other end of a pipe, and goes on with files", async () => {
    await test.run(id, "mkfifo $HOME/pipe");
    const daemon = `/v1/sandboxes/${id}/proxy/44772`;
    const pipe = encodeURIComponent((await test.run(id, "echo $HOME/pipe")).trim());
    const requests = Array.from({ length: 6 }, () => [
      test.call("GET", `${daemon}/files/download?path=${pipe}`),
      test.call("GET", `${daemon}/files/download?path=${pipe}&offset=1`),
      test.call("POST", `${daemon}/files/replace`, { [decodeURIComponent(pipe)]: { old: "a", new: "b" } }),
    ]).flat();
    expect(new Set((await Promise.all(requests)).map(({ status }) => status))).toEqual(new Set([400]));
    expect((await test.call("GET", `${daemon}/files/info?path=${pipe}`)).status).toBe(200);
  });
});
