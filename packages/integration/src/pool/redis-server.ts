import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Where it is missing, the tests are left out; with this variable, as in CI, they fail instead. */
export const hasRedisServer =
  process.env["RXSANDBOX_REQUIRE_REDIS"] !== undefined ||
  spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

const START_TRIES = 200;

/** A Redis of its own that keeps every acknowledged step. */
export class RedisServer {
  readonly url: string;
  private readonly port: number;
  private readonly directory: string;
  private process: ChildProcess | undefined;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.directory = directory;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), "rxsandbox-redis-")));
    await server.bringBack();
    return server;
  }

  /** Starts it with what it had written. */
  async bringBack(): Promise<void> {
    const settings = {
      port: this.port,
      bind: "127.0.0.1",
      dir: this.directory,
      appendonly: "yes",
      appendfsync: "always",
      save: "",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn("redis-server", args, { stdio: "ignore" });
    this.process = child;
    const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
    const ready = (async () => {
      for (let tries = 0; tries < START_TRIES; tries += 1) {
        if (await this.answers()) return;
        await delay(50);
      }
      throw new Error("redis-server does not answer");
    })();
    failed.catch(() => undefined);
    await Promise.race([failed, ready]);
  }

  /** Ends it as a power cut would end its process. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Whether it has loaded what it had written. */
  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1", () => socket.write("PING\r\n"));
      const settle = (isReady: boolean) => {
        socket.destroy();
        resolve(isReady);
      };
      socket.on("data", (data) => settle(data.toString().startsWith("+PONG")));
      socket.on("error", () => settle(false));
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
