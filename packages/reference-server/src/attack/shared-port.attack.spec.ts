import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../testing/available-drivers.js";
import { rawHttp } from "../testing/raw-http.js";
import { type TestServer, testServer } from "../testing/test-server.js";

const SECRET = "of-the-user";
const OWN = "of-the-sandbox";

describe.each(await availableDrivers())("a port of a shared network that two listen on (%s driver)", (driver) => {
  let test: TestServer;
  let id: string;
  const services: Server[] = [];

  beforeAll(async () => {
    test = await testServer({ driver, network: "shared" });
    id = await test.create();
  });
  afterEach(() => {
    for (const service of services.splice(0)) {
      service.close();
      service.closeAllConnections();
    }
  });
  afterAll(() => test.close());

  /** A service of the user on 127.0.0.1. */
  async function userListens(port: number): Promise<number> {
    const service = createServer((_, answer) => answer.end(SECRET)).listen(port, "127.0.0.1");
    services.push(service);
    await once(service, "listening");
    return (service.address() as AddressInfo).port;
  }

  /** A service in the sandbox; its process writes its id when it listens, or why it cannot. */
  async function sandboxListens(where: Readonly<Record<string, unknown>>, name: string): Promise<void> {
    const script = `const say = (text) => require("fs").writeFileSync("${name}", String(text));
      require("http").createServer((_, answer) => answer.end("${OWN}")).on("error", (error) => say(error.code)).listen(${JSON.stringify(where)}, () => say(process.pid))`;
    await test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, {
      command: `exec node -e '${script}'`,
      background: true,
    });
    expect(
      await test.run(id, `for i in $(seq 200); do test -s ${name} && break; sleep 0.05; done; cat ${name}`),
    ).toMatch(/^\d+\n$/);
  }

  const ask = (port: number) =>
    rawHttp(test.server.domain, {
      path: `/sandboxes/${id}/proxy/${port}/`,
      headers: { "OPEN-SANDBOX-API-KEY": test.server.apiKey },
    });

  const freePort = async (): Promise<number> => {
    const port = await userListens(0);
    services.pop()?.close();
    return port;
  };

  it("never serves the user's as the sandbox's that takes IPv6 only, whoever came first (H9)", async () => {
    const first = await userListens(0);
    await sandboxListens({ host: "::", port: first, ipv6Only: true }, "second");
    expect(await ask(first)).toMatchObject({ status: 502 });

    const later = await freePort();
    await sandboxListens({ host: "::", port: later, ipv6Only: true }, "first");
    await ask(later);
    await userListens(later);
    expect(await ask(later)).toMatchObject({ status: 502 });
  });

  it.each([{ host: "::" }, { host: "0.0.0.0" }, { host: "127.0.0.1" }, {}])(
    "serves the sandbox's own on %j",
    async (where) => {
      const port = await freePort();
      await sandboxListens({ ...where, port }, `own-${port}`);
      expect(await ask(port)).toMatchObject({ status: 200, text: OWN });
    },
  );

  it("does not serve the user's on a port that was the sandbox's a moment ago (H9)", async () => {
    const port = await freePort();
    await sandboxListens({ host: "127.0.0.1", port }, "gone");
    expect(await ask(port)).toMatchObject({ status: 200, text: OWN });
    let isOver = false;
    const texts: string[] = [];
    const asking = (async () => {
      while (!isOver) texts.push((await ask(port)).text);
    })();
    await test.run(id, "kill -9 $(cat gone); while kill -0 $(cat gone) 2>/dev/null; do sleep 0.01; done");
    await userListens(port);
    texts.push((await ask(port)).text);
    isOver = true;
    await asking;
    expect(texts.filter((text) => text.includes(SECRET))).toEqual([]);
    expect(await ask(port)).toMatchObject({ status: 502 });
  });
});
