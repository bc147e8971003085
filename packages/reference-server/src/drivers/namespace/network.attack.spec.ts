import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawHttp } from "../../testing/raw-http.js";
import { type TestServer, testServer } from "../../testing/test-server.js";
import { namespaceObstacle } from "./namespace-driver.js";

const SECRET = "of-the-user";
const obstacle = await namespaceObstacle("own");

describe.skipIf(obstacle !== undefined)("a network of its own for each sandbox, attacked from inside", () => {
  let test: TestServer;
  let service: Server;
  let port: number;
  let id: string;
  let other: string;

  beforeAll(async () => {
    // A service of the user: on every address of this machine, and one that sends its clients on to loopback.
    service = createServer((request, response) => {
      if (request.url === "/away") response.writeHead(302, { location: `http://127.0.0.1:${port}/` });
      response.end(SECRET);
    });
    service.listen(0, "::");
    await once(service, "listening");
    port = (service.address() as AddressInfo).port;
    test = await testServer({ network: "own", upstreams: { "allowed.example": `127.0.0.1:${port}` } });
    [id, other] = (await Promise.all([
      test.create(),
      test.create({ networkPolicy: { defaultAction: "allow", egress: [] } }),
    ])) as [string, string];
  });
  afterAll(async () => {
    await test.close();
    service.close();
    service.closeAllConnections();
  });

  const own = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));
  const spellings = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "0.0.0.0",
    "[::]",
    "[::ffff:127.0.0.1]",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "127.0.0.1.",
    "LOCALHOST.",
    ...own,
  ];

  it.each(spellings)("does not reach a service of the user at %s, by itself or by the proxy (H9)", async (host) => {
    const url = `'http://${host}:${port}/'`;
    for (const sandbox of [id, other]) {
      const attempts = [
        `curl -s -m 5 --noproxy '*' ${url}`,
        `curl -s -m 5 --noproxy '' ${url}`,
        `curl -s -m 5 -p --noproxy '' ${url}`,
      ];
      expect(await test.run(sandbox, `${attempts.join("; ")}; echo end`)).toMatch(/^(?!.*of-the-user)[^]*end\n$/);
    }
  });

  it("does not reach the server's own ports, or a link-local address", async () => {
    const targets = [test.server.domain, test.server.directAddress, "169.254.169.254"];
    const attempts = targets.map(
      (address) => `curl -s -o /dev/null -w '%{http_code}\\n' -m 5 --noproxy '' http://${address}/health`,
    );
    expect(await test.run(id, attempts.join("; "))).toBe("403\n403\n403\n");
  });

  it("reaches what `upstreams` names, and not where that sends it on to", async () => {
    expect(await test.run(id, "curl -s -m 5 http://allowed.example/")).toBe(`${SECRET}\n`);
    expect(await test.run(id, "curl -s -L -m 5 --noproxy '' http://allowed.example/away; echo \" $?\"")).not.toMatch(
      /^of-the-user 0/,
    );
  });

  it("keeps a second sandbox's service to itself, on the same port as the first's", async () => {
    for (const [sandbox, text] of [
      [id, "one"],
      [other, "two"],
    ] as const) {
      const script = `require("http").createServer((_, answer) => answer.end("${text}")).listen(8123, "0.0.0.0", () => require("fs").writeFileSync("up", "1"))`;
      await test.call("POST", `/v1/sandboxes/${sandbox}/proxy/44772/command`, {
        command: `exec node -e '${script}'`,
        background: true,
      });
      await test.run(sandbox, "for i in $(seq 100); do test -s up && break; sleep 0.05; done");
    }
    for (const [sandbox, text] of [
      [id, "one"],
      [other, "two"],
    ] as const) {
      expect(await test.run(sandbox, "curl -s -m 5 http://127.0.0.1:8123/")).toBe(`${text}\n`);
      const proxied = await rawHttp(test.server.domain, {
        path: `/sandboxes/${sandbox}/proxy/8123/`,
        headers: { "OPEN-SANDBOX-API-KEY": test.server.apiKey },
      });
      expect(proxied.text).toBe(text);
    }
  });

  it("hands no descriptor to another sandbox through an abstract socket (H2, H3)", async () => {
    const address = 'pack("S a*", 1, "\\0rx-attack")';
    const listen = `perl -e 'socket(S, 1, 1, 0) && bind(S, ${address}) && listen(S, 5) or die; open(F, ">", "bound"); print F 1; close(F); sleep(30)'`;
    await test.call("POST", `/v1/sandboxes/${other}/proxy/44772/command`, { command: listen, background: true });
    await test.run(other, "for i in $(seq 100); do test -s bound && break; sleep 0.05; done");
    const join = `perl -e 'socket(S, 1, 1, 0); print connect(S, ${address}) ? "joined" : "$!"'`;
    expect(await test.run(other, join)).toBe("joined\n");
    expect(await test.run(id, join)).toBe("Connection refused\n");
  });

  it("opens no raw or packet socket", async () => {
    const open =
      'perl -e \'print socket(S, $_->[0], 3, $_->[1]) ? "opened\\n" : "$!\\n" for [2, 1], [10, 58], [17, 768]\'';
    expect(await test.run(id, open)).toBe("Operation not permitted\n".repeat(3));
  });
});
