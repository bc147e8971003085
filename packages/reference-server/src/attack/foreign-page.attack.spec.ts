import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawHttp } from "../testing/raw-http.js";
import { type TestServer, testServer } from "../testing/test-server.js";

/** What a form can send: no other content type, and no header of its own. */
const FORMS = [
  ["application/x-www-form-urlencoded", "command=touch+/tmp/of-a-page"],
  ["text/plain", '{"command":"touch /tmp/of-a-page","image":{"uri":"any"},"x":"="}'],
  [
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="metadata"; filename="m"\r\n\r\n{"path":"/tmp/of-a-page"}\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n',
  ],
] as const;

/**
 * What browsers say of a page of another site; older ones say one of the two, and `null` stands for a page without an
 * origin.
 */
const PAGES: readonly Readonly<Record<string, string>>[] = [
  { Origin: "http://attacker.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" },
  { Origin: "null", "Sec-Fetch-Site": "cross-site" },
  { Origin: "null" },
  { Origin: "http://attacker.example" },
  { "Sec-Fetch-Site": "cross-site" },
  { "Sec-Fetch-Site": "same-site" },
];

describe("a form of a foreign page", () => {
  let test: TestServer;
  let id: string;
  let direct: string;
  beforeAll(async () => {
    test = await testServer();
    id = await test.create();
    const { endpoint } = JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/44772`)).text) as {
      readonly endpoint: string;
    };
    direct = endpoint.slice(endpoint.indexOf("/"));
  });
  afterAll(() => test.close());

  // The key and the token stand for what a page must not need: even with them it is refused.
  it.each(FORMS)("sends %s and starts nothing", async (contentType, body) => {
    for (const page of PAGES) {
      const headers = { "Content-Type": contentType, "OPEN-SANDBOX-API-KEY": test.server.apiKey, ...page };
      const targets = [
        { address: test.server.domain, path: "/v1/sandboxes" },
        { address: test.server.domain, path: `/sandboxes/${id}/proxy/44772/command` },
        { address: test.server.domain, path: `/sandboxes/${id}/proxy/44772/files/upload` },
        { address: test.server.directAddress, path: `${direct}/command` },
        { address: test.server.directAddress, path: `${direct}/files/upload` },
      ];
      for (const { address, path } of targets) {
        const answer = await rawHttp(address, { method: "POST", path, headers, body });
        expect([answer.status, answer.headers["access-control-allow-origin"]], path).toEqual([403, undefined]);
      }
    }
    expect(await test.run(id, "ls /tmp $TMPDIR | grep -c of-a-page")).toBe("0\n");
    expect(JSON.parse((await test.call("GET", "/v1/sandboxes")).text)).toMatchObject({ items: [{ id }] });
  });

  it("is refused without the key, whatever it sends", async () => {
    for (const [contentType, body] of FORMS) {
      const headers = { "Content-Type": contentType };
      const answer = await rawHttp(test.server.domain, { method: "POST", path: "/v1/sandboxes", headers, body });
      expect(answer.status).toBe(401);
    }
  });
});
