import { request as sendRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, type RawData } from "ws";
import { rawHttp, type RawHttpAnswer } from "../../testing/raw-http.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

describe("serverProxy and directListener", () => {
  let test: TestServer;
  let id: string;
  let directBase: string;

  beforeAll(async () => {
    test = await testServer();
    id = await test.create();
    directBase = (
      JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/44772`)).text) as { readonly endpoint: string }
    ).endpoint;
  });
  afterAll(() => test.close());

  const bases = (): readonly { readonly name: string; readonly url: string }[] => [
    { name: "server proxy", url: `${test.server.domain}/sandboxes/${id}/proxy/44772` },
    { name: "direct", url: directBase },
  ];
  const key = (): Record<string, string> => ({ "OPEN-SANDBOX-API-KEY": test.server.apiKey });

  it("passes frames on while the command is still running", async () => {
    for (const { url } of bases()) {
      const [address = "", ...path] = url.split("/");
      const body = JSON.stringify({ command: "echo first; read -t 20 < <(sleep 20)" });
      const request = sendRequest({
        host: address.split(":")[0],
        port: address.split(":")[1],
        method: "POST",
        path: `/${path.join("/")}/command`,
        headers: { ...key(), "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
        agent: false,
      });
      const seen = new Promise<string>((resolve, reject) => {
        request.on("error", reject);
        request.on("response", (answer) => {
          let text = "";
          answer.on("error", () => {});
          answer.on("data", (chunk: Buffer) => {
            text += chunk.toString("utf8");
            if (text.includes("first")) resolve(text);
          });
        });
      });
      request.end(body);
      expect(await seen).toContain('"text":"first"');
      request.on("error", () => {});
      request.destroy();
    }
  });

  it("streams an upload and a download of several megabytes unchanged", async () => {
    const bytes = Buffer.alloc(3 << 20, "0123456789abcdef");
    for (const { name, url } of bases()) {
      const form = new FormData();
      const path = `/tmp/${name.replace(" ", "-")}`;
      form.append("metadata", new Blob([JSON.stringify({ path })], { type: "application/json" }), "metadata");
      form.append("file", new Blob([bytes]), "file");
      const uploaded = await fetch(`http://${url}/files/upload`, { method: "POST", headers: key(), body: form });
      expect(uploaded.status, name).toBe(200);
      const downloaded = await fetch(`http://${url}/files/download?path=${path}`, { headers: key() });
      expect(Buffer.from(await downloaded.arrayBuffer()).equals(bytes), name).toBe(true);
    }
  });

  it("joins WebSockets with a service in the sandbox, text and bytes", async () => {
    const script = [
      "const c=require('crypto'),h=require('http').createServer();",
      "h.on('upgrade',(q,s)=>{s.on('error',()=>{});const k=c.createHash('sha1').update(q.headers['sec-websocket-key']+'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');",
      "s.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: '+k+'\\r\\n\\r\\n');s.write(Buffer.from([129,2,104,105]));s.on('data',()=>s.end(Buffer.from([136,2,3,232])))});",
      "h.listen(0,'127.0.0.1',()=>require('fs').writeFileSync('/tmp/ws-port',String(h.address().port)))",
    ].join("");
    await test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, {
      command: `echo ${Buffer.from(script).toString("base64")} | base64 -d > /tmp/ws.cjs; exec node /tmp/ws.cjs`,
      background: true,
    });
    let port = "";
    for (let attempt = 0; attempt < 200 && port === ""; attempt++)
      port = (await test.run(id, "cat /tmp/ws-port 2>/dev/null; sleep 0.02")).trim();
    const direct = (
      JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/${port}`)).text) as {
        readonly endpoint: string;
      }
    ).endpoint;
    for (const url of [`ws://${test.server.domain}/sandboxes/${id}/proxy/${port}/chat`, `ws://${direct}/chat`]) {
      const socket = new WebSocket(url, { headers: key() });
      const greeting = await new Promise<string>((resolve, reject) => {
        socket.on("message", (data: RawData) => resolve(String(data)));
        socket.on("error", reject);
      });
      expect(greeting).toBe("hi");
      const closed = new Promise<number>((resolve) => socket.on("close", resolve));
      socket.send("bye");
      expect(await closed).toBe(1000);
    }
  });

  it("accepts and closes a WebSocket with 1011 where nothing listens and 1008 where the service refuses", async () => {
    const codeOf = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://${test.server.domain}/sandboxes/${path}`, { headers: key() });
        socket.on("close", resolve);
        socket.on("error", reject);
      });
    expect(await codeOf(`${id}/proxy/9/ws`)).toBe(1011);
    expect(await codeOf("00000000-0000-4000-8000-000000000000/proxy/44772/x")).toBe(1011);
    expect(await codeOf(`${id}/proxy/44772/nope`)).toBe(1008);
  });

  it("serves terminals at the direct endpoint and through the server proxy", async () => {
    const direct = (
      JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/44772`)).text) as { readonly endpoint: string }
    ).endpoint;
    for (const url of [`${test.server.domain}/sandboxes/${id}/proxy/44772`, direct]) {
      const opened = await fetch(`http://${url}/pty`, {
        method: "POST",
        headers: key(),
        body: JSON.stringify({ command: "tty; exit 7" }),
      });
      const { session_id: terminal } = (await opened.json()) as { readonly session_id: string };
      const socket = new WebSocket(`ws://${url}/pty/${terminal}/ws`, { headers: key() });
      const frames: string[] = [];
      socket.on("message", (data: RawData) => frames.push(String(data)));
      const [code, reason] = await new Promise<readonly [number, string]>((resolve, reject) => {
        socket.on("close", (closeCode, text) => resolve([closeCode, String(text)]));
        socket.on("error", reject);
      });
      expect([code, reason], frames.join()).toEqual([1000, "process exited"]);
      expect(frames.slice(1, -1).join("")).toMatch(/\x01\/dev\/(pts\/|tty)/);
      expect(frames.at(-1)).toBe('{"type":"exit","exit_code":7}\n');
    }
  });

  it("serves the daemon at the root of its direct address, for the token of the daemon's port only", async () => {
    const [address = "", , token = ""] = directBase.split("/");
    const answer = async (path: string): Promise<string> => {
      const { status, text } = await rawHttp(address, { path });
      return `${status} ${text}`;
    };
    expect(await answer(`/${id}/${token}/ping`)).toBe("200 ");
    expect(await answer(`/${id}/${token}/command/status/none`)).toMatch(/^404 .*command not found: none/);
    const other = (
      JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/8080`)).text) as { readonly endpoint: string }
    ).endpoint.split("/")[2];
    for (const path of [
      `/${id}/${other}/ping`,
      `/${id}/ping`,
      `/${id}/${token}x/ping`,
      `/none/${token}/ping`,
      `/${id}/${token}/proxy/8080/`,
    ])
      expect(await answer(path), path).toMatch(/^401 /);
  });

  it("has no such root under the fault no-daemon-root", async () => {
    const rootless = await testServer({ faults: ["no-daemon-root"] });
    const own = await rootless.create();
    const { endpoint } = JSON.parse((await rootless.call("GET", `/v1/sandboxes/${own}/endpoints/44772`)).text) as {
      readonly endpoint: string;
    };
    const [address = "", ...path] = endpoint.split("/");
    const statuses = [
      await rawHttp(address, { path: `/${path.join("/")}/ping` }),
      await rawHttp(address, { path: `/${path.slice(0, 2).join("/")}/ping` }),
    ].map(({ status }) => status);
    await rootless.close();
    expect(statuses).toEqual([200, 401]);
  });

  it("loses runs at the direct address under the fault proxied-run-lost, but neither at the root nor on connections that are closed", async () => {
    const lossy = await testServer({ faults: ["proxied-run-lost"] });
    const own = await lossy.create();
    const { endpoint } = JSON.parse((await lossy.call("GET", `/v1/sandboxes/${own}/endpoints/44772`)).text) as {
      readonly endpoint: string;
    };
    const [address = "", ...path] = endpoint.split("/");
    const run = async (base: readonly string[], connection: string): Promise<boolean> => {
      const body = JSON.stringify({ context: { language: "javascript" }, code: "1" });
      const { text } = await rawHttp(address, {
        method: "POST",
        path: `/${base.join("/")}/code`,
        body,
        headers: { Connection: connection },
      });
      return text.includes("execution_complete");
    };
    const isWhole = [
      await run(path, "close"),
      await run(path.slice(0, 2), "keep-alive"),
      await run(path, "keep-alive"),
    ];
    await lossy.close();
    expect(isWhole).toEqual([true, true, false]);
  });

  describe("a paused sandbox", () => {
    let paused: string;
    let answers: Promise<readonly RawHttpAnswer[]>;
    let answered: number;
    beforeEach(async () => {
      paused = await test.create({ networkPolicy: { defaultAction: "deny", egress: [] } });
      const asked = [
        { address: test.server.domain, path: `/sandboxes/${paused}/proxy/44772/ping`, headers: key() },
        { address: test.server.domain, path: `/sandboxes/${paused}/proxy/18080/healthz`, headers: key() },
        ...(await Promise.all([`44772/ping`, `18080/healthz`].map(direct))),
      ];
      await test.call("POST", `/v1/sandboxes/${paused}/pause`);
      answered = 0;
      const count = (answer: RawHttpAnswer): RawHttpAnswer => (++answered, answer);
      answers = Promise.all(asked.map(({ address, ...request }) => rawHttp(address, request).then(count)));
    });

    async function direct(rest: string): Promise<{ readonly address: string; readonly path: string }> {
      const [port, path] = rest.split("/");
      const answer = await test.call("GET", `/v1/sandboxes/${paused}/endpoints/${port}`);
      const { endpoint } = JSON.parse(answer.text) as { readonly endpoint: string };
      const slash = endpoint.indexOf("/");
      return { address: endpoint.slice(0, slash), path: `${endpoint.slice(slash)}/${path}` };
    }

    it("answers nobody, and everybody after the pause", async () => {
      // Asked later, answered sooner: only the pause can hold the others up.
      for (let count = 0; count < 10; count++)
        expect((await test.call("GET", `/sandboxes/${id}/proxy/44772/ping`)).status).toBe(200);
      expect(answered).toBe(0);
      await test.call("POST", `/v1/sandboxes/${paused}/resume`);
      expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      await test.call("DELETE", `/v1/sandboxes/${paused}`);
    });

    it("fails what it has not answered when it is deleted", async () => {
      await test.call("DELETE", `/v1/sandboxes/${paused}`);
      const statuses = (await answers).map(({ status }) => status);
      expect(statuses).toEqual([500, 500, 502, 502]);
    });
  });
});
