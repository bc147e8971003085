import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ServerSubject } from "../../model/subject.js";

/** A server that does nothing of what is asked, in one way. */
export interface NullServer {
  readonly id: string;
  readonly title: string;
  /** Answers a request whose body has been read. */
  readonly answer: (request: NullRequest, response: ServerResponse) => void;
}

/** A request to a null server. */
export interface NullRequest {
  readonly method: string;
  /** Path below `/v1` or below the endpoint, without query. */
  readonly path: string;
  readonly body: Buffer;
  /** `127.0.0.1:<port>` of the server itself. */
  readonly host: string;
}

/** A null server that runs. */
export interface RunningNullServer {
  /** Reached as a lifecycle server, and as a daemon and a sidecar by their bare addresses. */
  readonly subjects: readonly ServerSubject[];
  close(): Promise<void>;
}

const json = (response: ServerResponse, status: number, value: unknown): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

/** Answers by the schemas of the protocol, with nothing behind them. */
function schemas({ method, path, host }: NullRequest, response: ServerResponse): void {
  const id = randomUUID();
  const sandbox = {
    id,
    status: { state: "Running" },
    createdAt: "2026-01-01T00:00:00Z",
    expiresAt: "2036-01-01T00:00:00Z",
    entrypoint: ["sleep"],
    metadata: {},
  };
  if (path === "/sandboxes")
    return json(
      response,
      method === "POST" ? 202 : 200,
      method === "POST"
        ? sandbox
        : { items: [sandbox], pagination: { page: 1, pageSize: 20, totalItems: 1, totalPages: 1, hasNextPage: false } },
    );
  if (/\/endpoints\/\d+$/.test(path))
    return json(response, 200, { endpoint: `${host}/x/proxy/${path.split("/").at(-1)}` });
  if (method === "DELETE") return void response.writeHead(204).end();
  if (path.endsWith("/renew-expiration")) return json(response, 200, { expiresAt: "2036-01-01T00:00:00Z" });
  if (/^\/sandboxes\//.test(path))
    return method === "GET" || method === "PATCH" ? json(response, 200, sandbox) : void response.writeHead(202).end();
  if (path === "/command" || /\/run$/.test(path) || path === "/code") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const at = Date.now();
    for (const event of [
      { type: "init", text: id, timestamp: at },
      { type: "stdout", text: "ok", timestamp: at },
      { type: "execution_complete", execution_time: 1, timestamp: at },
    ])
      response.write(`data: ${JSON.stringify(event)}\n\n`);
    return void response.end();
  }
  if (path.startsWith("/command/status"))
    return json(response, 200, {
      id,
      running: false,
      exit_code: 0,
      started_at: "2026-01-01T00:00:00Z",
      finished_at: "2026-01-01T00:00:01Z",
    });
  if (path === "/session") return json(response, 200, { session_id: id });
  if (path === "/policy")
    return json(response, 200, {
      status: "ok",
      mode: "deny_all",
      enforcementMode: "dns",
      policy: { defaultAction: "deny", egress: [] },
    });
  if (path === "/metrics")
    return json(response, 200, {
      cpu_count: 1,
      cpu_used_pct: 1,
      mem_total_mib: 2,
      mem_used_mib: 1,
      timestamp: Date.now(),
    });
  if (path.startsWith("/files/info")) return json(response, 200, {});
  if (path.startsWith("/files/search") || path.startsWith("/directories/list")) return json(response, 200, []);
  response.writeHead(200).end();
}

/** Answers like {@link schemas}, and gives back whatever was last sent to a path. */
function remembering(): NullServer["answer"] {
  const memory = new Map<string, Buffer>();
  return (request, response) => {
    const { method, path, body } = request;
    if (method !== "GET" && body.length > 0 && !/^\/(command|code|session)|\/run$|^\/sandboxes$/.test(path))
      memory.set(path, body);
    const known = memory.get(path);
    if (method === "GET" && known !== undefined)
      return void response.writeHead(200, { "content-type": "application/json" }).end(known);
    schemas(request, response);
  };
}

/** Every null server. A fresh list each time: one of them has a memory. */
export function nullServers(): readonly NullServer[] {
  return [
    {
      id: "always-200",
      title: "every answer is 200 and empty",
      answer: (_request, response) => void response.writeHead(200).end(),
    },
    {
      id: "always-404",
      title: "every answer is 404",
      answer: (_request, response) => json(response, 404, { code: "NOT_FOUND", message: "not found" }),
    },
    {
      id: "always-500",
      title: "every answer is 500",
      answer: (_request, response) => json(response, 500, { code: "X", message: "broken" }),
    },
    { id: "hang", title: "no answer ever comes", answer: () => undefined },
    {
      id: "accept-and-close",
      title: "every connection is closed",
      answer: (_request, response) => void response.destroy(),
    },
    {
      id: "echo",
      title: "every answer is the request's body",
      answer: ({ body }, response) => void response.writeHead(200, { "content-type": "application/json" }).end(body),
    },
    {
      id: "random-bytes",
      title: "every answer is random bytes",
      answer: (_request, response) => void response.writeHead(200).end(randomBytes(256)),
    },
    { id: "schemas", title: "every answer has the right shape and nothing behind it", answer: schemas },
    { id: "remembers-everything", title: "what was sent to a path is read back from it", answer: remembering() },
  ];
}

/** Starts one on 127.0.0.1; lifecycle API, daemon and sidecar are all of it. */
export async function startNullServer({ answer }: NullServer): Promise<RunningNullServer> {
  let host = "";
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const path =
        (request.url ?? "/")
          .replace(/\?.*$/, "")
          .replace(/^\/v1/, "")
          .replace(/^\/x\/proxy\/\d+/, "") || "/";
      answer({ method: request.method ?? "GET", path, body: Buffer.concat(chunks), host }, response);
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  return {
    subjects: [
      { kind: "server", lifecycle: { url, apiKey: "null-server-key", image: "any" } },
      { kind: "server", execd: { url }, egress: { url }, allowsMutation: true },
    ],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
