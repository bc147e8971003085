import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { availableDrivers } from "../testing/available-drivers.js";
import { lasting } from "../testing/lasting.js";
import { rawHttp } from "../testing/raw-http.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const FORM = "multipart/form-data; boundary=b";

describe.each(await availableDrivers())("startReferenceServer and what its clients send (%s driver)", (driver) => {
  const attacked = lasting<{ readonly server: ServerProcess; readonly id: string }>({
    async start() {
      const server = await serverProcess({ driver });
      return { server, id: await server.create() };
    },
    async check({ server, id }) {
      await server.check();
      expect(await server.run(id, "echo alive")).toBe("alive\n");
    },
    close: ({ server }) => server.close(),
  });
  let server: ServerProcess;
  let id: string;
  beforeEach(async () => {
    ({ server, id } = await attacked.get());
  });
  afterAll(() => attacked.close());

  const withKey = (headers: Readonly<Record<string, string>>) => ({
    "OPEN-SANDBOX-API-KEY": server.apiKey,
    ...headers,
  });

  it("outlives an invalid frame on a connection that it closes (H6)", async () => {
    const [host = "", port = ""] = server.domain.split(":");
    const socket = connect(Number(port), host);
    const head = { Host: server.domain, ...withKey(UPGRADE) };
    socket.write(
      `GET /sandboxes/none/proxy/80/ HTTP/1.1\r\n${Object.entries(head)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("")}\r\n`,
    );
    await once(socket, "data");
    // All reserved bits are set.
    socket.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    socket.on("error", () => undefined);
    await once(socket.resume(), "close");
    await server.check();
  });

  it("serves others while 1,000 clients do not end their heads", async () => {
    const [host = "", port = ""] = server.domain.split(":");
    const slow = Array.from({ length: 1_000 }, () => connect(Number(port), host));
    try {
      await Promise.all(
        slow.map(async (socket) => {
          await once(socket, "connect");
          socket.on("error", () => undefined).write(`GET /health HTTP/1.1\r\nHost: ${server.domain}\r\nx: `);
        }),
      );
      await server.check();
      expect(await server.run(id, "echo served")).toBe("served\n");
    } finally {
      for (const socket of slow) socket.destroy();
    }
    await server.check();
  });

  it.each(["__proto__", "constructor", "toString"])(
    "gives a field of an upload named %s no meaning (H7)",
    async (name) => {
      const body = `--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\n\r\nx\r\n--b--\r\n`;
      const path = `/v1/sandboxes/${id}/proxy/44772/files/upload`;
      const answer = await rawHttp(server.domain, {
        method: "POST",
        path,
        headers: withKey({ "Content-Type": FORM }),
        body,
      });
      expect(answer.status).toBe(400);
      expect(await server.run(id, "echo alive")).toBe("alive\n");
    },
  );

  it.each(["__proto__", "constructor", "toString"])("takes a file named %s for a file (H7)", async (name) => {
    const parts = [
      `Content-Disposition: form-data; name="metadata"; filename="metadata"\r\n\r\n${JSON.stringify({ path: `${name}/${name}` })}`,
      `Content-Disposition: form-data; name="file"; filename="${name}"\r\n\r\nof ${name}`,
    ];
    const body = `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
    const answer = await rawHttp(server.domain, {
      method: "POST",
      path: `/v1/sandboxes/${id}/proxy/44772/files/upload`,
      headers: withKey({ "Content-Type": FORM }),
      body,
    });
    expect([answer.status, await server.run(id, `cat ${name}/${name}`)]).toEqual([200, `of ${name}\n`]);
  });
});

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};
