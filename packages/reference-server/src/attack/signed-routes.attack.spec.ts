import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawHttp } from "../testing/raw-http.js";
import { type TestServer, testServer } from "../testing/test-server.js";

/**
 * What a byte is replaced by: its neighbours, the other case, digits, letters, and characters that mean something in a
 * path.
 */
const REPLACEMENTS = [..."0123456789abcdefk%/.?#;:@Az"];

describe("a signed route that is changed by one byte", () => {
  let test: TestServer;
  let id: string;
  let route: string;
  beforeAll(async () => {
    test = await testServer({ signedRoutes: true });
    id = await test.create();
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const { endpoint } = JSON.parse(
      (await test.call("GET", `/v1/sandboxes/${id}/endpoints/44772?expires=${expires}`)).text,
    ) as {
      readonly endpoint: string;
    };
    route = endpoint.slice(endpoint.indexOf("/"));
  });
  afterAll(() => test.close());

  const statusOf = async (path: string): Promise<number> =>
    (await rawHttp(test.server.directAddress, { path: `${path}/ping` })).status;

  it("opens nothing, at any position and for any byte", { timeout: 60_000 }, async () => {
    expect(await statusOf(route)).toBe(200);
    const changed = new Set<string>();
    // The first slash stays: a path has one.
    for (let at = 1; at < route.length; at++) {
      changed.add(route.slice(0, at) + route.slice(at + 1));
      changed.add(route.slice(0, at) + route[at] + route.slice(at));
      for (const byte of REPLACEMENTS) changed.add(route.slice(0, at) + byte + route.slice(at + 1));
    }
    changed.delete(route);
    const opened: string[] = [];
    const all = [...changed];
    for (let start = 0; start < all.length; start += 50) {
      const some = all.slice(start, start + 50);
      const statuses = await Promise.all(some.map(statusOf));
      opened.push(...some.filter((_, index) => ![400, 401, 404].includes(statuses[index] ?? 0)));
    }
    expect(opened).toEqual([]);
    expect(all.length).toBeGreaterThan(1_500);
  });

  it("opens no other sandbox, port or second with the signature of one", async () => {
    const other = await test.create();
    const [, , port = "", expires = "", signature = ""] = route.split("/");
    const later = (Number.parseInt(expires, 36) + 1).toString(36);
    for (const path of [
      `/${other}/${port}/${expires}/${signature}`,
      `/${id}/18080/${expires}/${signature}`,
      `/${id}/${port}/${later}/${signature}`,
      `/${id}/0${port}/${expires}/${signature}`,
      `/${id}/${port}/${expires.toUpperCase()}/${signature}`,
      `/${id}/${port}/0${expires}/${signature}`,
      `/${id}/${port}/${expires}/${signature.toUpperCase()}`,
      `/${id}/${port}/${expires}/`,
      `/${id}/${port}/${expires}`,
    ])
      expect([400, 401], path).toContain(await statusOf(path));
  });
});
