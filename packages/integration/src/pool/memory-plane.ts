import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface PlaneSandbox {
  readonly createdMs: number;
  readonly metadata: Readonly<Record<string, string>>;
  expiresMs: number;
}

/** Names the process that sends a request. */
export const PROCESS_HEADER = "x-pool-process";

/**
 * A lifecycle server in memory with sandboxes that are nothing but an expiry, so that thousands cost nothing. Processes
 * tell it when they begin and end to use one: it sees every use that overlaps another.
 */
export class MemoryPlane {
  /** What must not happen. */
  readonly wrongs: string[] = [];
  /** Called before a renewal is answered. */
  onRenew: (process: string, sandboxId: string) => void = () => undefined;
  created = 0;
  uses = 0;
  private readonly sandboxes = new Map<string, PlaneSandbox>();
  /** Sandbox to the process that uses it. */
  private readonly users = new Map<string, string>();
  private readonly untouchable = new Set<string>();
  private readonly dead = new Set<string>();
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));
  private aheadMs = 0;

  async listen(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** Lets sandboxes age. */
  advance(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }

  /** Seconds that each living sandbox has left, by its id. */
  get lives(): ReadonlyMap<string, number> {
    const alive = [...this.sandboxes].filter(([id]) => this.isAlive(id));
    return new Map(alive.map(([id, { expiresMs }]) => [id, (expiresMs - this.nowMs()) / 1000]));
  }

  /** Ends the uses of a process that died. Nobody may use its sandboxes afterwards, nor the other one given. */
  forget(process: string, sandboxId: string): void {
    this.dead.add(process);
    this.untouchable.add(sandboxId);
    for (const [id, user] of this.users) {
      if (user !== process) continue;
      this.users.delete(id);
      this.untouchable.add(id);
    }
  }

  isInUse(sandboxId: string): boolean {
    return this.users.has(sandboxId);
  }

  private nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  private isAlive(id: string): boolean {
    return (this.sandboxes.get(id)?.expiresMs ?? -Infinity) > this.nowMs();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://plane");
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const [, root = "", kind = "", id = "", verb = ""] = pathname.split("/");
    const process = String(request.headers[PROCESS_HEADER] ?? "");
    const answer = (status: number, body?: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const gone = () => answer(404, { code: "DOCKER::SANDBOX_NOT_FOUND", message: `Sandbox ${id} not found.` });
    if (root === "use") return answer(200, this.use(kind, id, process));
    // The address of a port: /sandboxes/{id}/proxy/44772/ping.
    if (root === "sandboxes") return this.isAlive(kind) ? answer(200) : answer(502);
    if (id === "" && request.method === "POST") return answer(202, this.create(JSON.parse(text)));
    if (id === "") return answer(200, this.list(searchParams.get("metadata") ?? ""));
    if (request.method === "DELETE") {
      if (!this.isAlive(id)) return gone();
      if (this.users.has(id)) this.wrongs.push(`${id} was killed by ${process} while ${this.users.get(id)} used it`);
      this.sandboxes.delete(id);
      return answer(204);
    }
    const sandbox = this.sandboxes.get(id);
    if (sandbox === undefined || !this.isAlive(id)) return gone();
    if (verb === "endpoints") return answer(200, { endpoint: `${request.headers.host}/sandboxes/${id}/proxy/44772` });
    if (verb !== "renew-expiration") return answer(200, toWire(id, sandbox));
    const { expiresAt } = JSON.parse(text) as { readonly expiresAt: string };
    // Their distance from now is what the client asked for: its clock does not know how far the sandboxes are ahead.
    sandbox.expiresMs = Date.parse(expiresAt) + this.aheadMs;
    this.onRenew(process, id);
    answer(200, { expiresAt });
  }

  private create(request: { readonly timeout: number; readonly metadata?: Record<string, string> }): unknown {
    this.created += 1;
    const id = `s${this.created}`;
    const { timeout, metadata = {} } = request;
    this.sandboxes.set(id, { createdMs: Date.now(), metadata, expiresMs: this.nowMs() + timeout * 1000 });
    return this.wireOf(id);
  }

  private list(metadata: string): unknown {
    const wanted = [...new URLSearchParams(metadata)];
    const items = [...this.lives.keys()]
      .filter((id) => wanted.every(([name, value]) => this.sandboxes.get(id)?.metadata[name] === value))
      .map((id) => this.wireOf(id));
    const pagination = { page: 1, pageSize: 200, totalItems: items.length, totalPages: 1, hasNextPage: false };
    return { items, pagination };
  }

  private use(kind: string, id: string, process: string): unknown {
    const user = this.users.get(id);
    // Sent before it died.
    if (this.dead.has(process)) return {};
    if (kind === "end") {
      if (user !== process) this.wrongs.push(`${process} ends its use of ${id}, which ${String(user)} has`);
      this.users.delete(id);
      return {};
    }
    this.uses += 1;
    if (user !== undefined) this.wrongs.push(`${id} was handed to ${process} while ${user} used it`);
    if (!this.isAlive(id)) this.wrongs.push(`${id} was handed to ${process} dead`);
    if (this.untouchable.has(id)) this.wrongs.push(`${id} was handed to ${process} after its user had died`);
    this.users.set(id, process);
    return {};
  }

  private wireOf(id: string): unknown {
    const sandbox = this.sandboxes.get(id);
    return sandbox === undefined ? undefined : toWire(id, sandbox);
  }
}

function toWire(id: string, { createdMs, expiresMs, metadata }: PlaneSandbox): unknown {
  return {
    id,
    metadata,
    status: { state: "Running" },
    createdAt: new Date(createdMs).toISOString(),
    expiresAt: new Date(expiresMs).toISOString(),
  };
}
