import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawHttp } from "../testing/raw-http.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const FORM = "multipart/form-data; boundary=b";

describe("startReferenceServer and what its clients send", () => {
  let server: ServerProcess;
  let id: string;

  beforeAll(async () => {
    server = await serverProcess();
    id = await server.create();
  });
  afterAll(() => server.close());

  const withKey = (headers: Readonly<Record<string, string>>) => ({ "OPEN-SANDBOX-API-KEY": server.apiKey, ...headers });

  it("outlives a frame that is none on a connection that it closes (H6)", async () => {
    const [host = "", port = ""] = server.domain.split(":");
    const socket = connect(Number(port), host);
    const head = { Host: server.domain, ...withKey(UPGRADE) };
    socket.write(`GET /sandboxes/none/proxy/80/ HTTP/1.1\r\n${Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
    await once(socket, "data");
    // All reserved bits are set.
    socket.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    socket.on("error", () => undefined);
    await once(socket.resume(), "close");
    await server.check();
  });

  it.each(["__proto__", "constructor", "toString"])("gives a part of an upload named %s no meaning (H7)", async (name) => {
    const body = `--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\n\r\nx\r\n--b--\r\n`;
    const path = `/v1/sandboxes/${id}/proxy/44772/files/upload`;
    const answer = await rawHttp(server.domain, { method: "POST", path, headers: withKey({ "Content-Type": FORM }), body });
    expect(answer.status).toBe(400);
    expect(await server.run(id, "echo alive")).toBe("alive\n");
  });
});

const UPGRADE = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==" };
