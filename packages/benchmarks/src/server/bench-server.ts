import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { parseBenchCommand } from "../bench-command.js";
import { cannedAnswers, createdAnswer } from "./canned-answers.js";
import { commandStream } from "./command-stream.js";
import { connectionCounter, type ConnectionStats } from "./connection-stats.js";
import { createFleet, type FleetStats } from "./fleet.js";
import { jsonAnswer } from "./json-answer.js";
import { createLateSandboxes, type LateStats } from "./late-sandboxes.js";
import { requestReader, type BenchRequest } from "./request-reader.js";
import { startTransferServer } from "./transfer-server.js";
import { writeStream } from "./write-stream.js";

/** Id of the sandbox whose daemon is reached below `/proxy/44772`. */
export const BENCH_SANDBOX_ID = "021a861c-c226-4ff2-be1b-969669d081bd";

/** Id of the sandbox whose daemon is the transfer server. */
export const BENCH_TRANSFER_SANDBOX_ID = "021a861c-c226-4ff2-be1b-969669d081be";

/** Id of the sandbox whose daemon is reached at its root. A create gives it too. */
export const BENCH_ROOT_SANDBOX_ID = "021a861c-c226-4ff2-be1b-969669d081bf";

/** What the server saw since the last reset. */
export interface BenchServerStats extends ConnectionStats {
  /** Requests to the daemon that is reached at its root, without pings. */
  readonly daemonRequests: number;
  /** Pings there. */
  readonly pings: number;
  readonly fleet: FleetStats;
  readonly late: LateStats;
}

export interface BenchServer {
  /** `host:port`. */
  readonly domain: string;
  stats(): BenchServerStats;
  resetStats(): void;
  close(): Promise<void>;
}

/**
 * Starts a scripted server with running sandboxes on loopback: lifecycle reads and renew, endpoint, ping, and
 * `/command` answers that follow {@link parseBenchCommand}; a fleet to watch, and sandboxes that become ready late. All
 * answers are prebuilt, so that the client is what is measured.
 */
export async function startBenchServer(): Promise<BenchServer> {
  const counter = connectionCounter();
  const sockets = new Set<Socket>();
  const fleet = createFleet();
  let daemonRequests = 0;
  let pings = 0;

  const server = listener("/proxy/44772");
  const root = listener("");
  const domain = await listen(server);
  const rootDomain = await listen(root);
  const transfers = await startTransferServer();
  const late = createLateSandboxes(domain);
  const answers = new Map([
    ...cannedAnswers(BENCH_SANDBOX_ID, `${domain}/proxy`),
    ...cannedAnswers(BENCH_TRANSFER_SANDBOX_ID, `${transfers.domain}/proxy`),
    ...cannedAnswers(BENCH_ROOT_SANDBOX_ID, rootDomain, ""),
    ["POST /v1/sandboxes", createdAnswer(BENCH_ROOT_SANDBOX_ID)],
  ]);

  function listener(daemon: string): Server {
    return createServer({ noDelay: true }, (socket) => {
      counter.connected(socket);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      // A client that aborts a body resets the connection; that is no failure of the server.
      socket.on("error", () => socket.destroy());
      socket.on(
        "data",
        requestReader((request) => answer(socket, request, daemon)),
      );
    });
  }

  function answer(socket: Socket, { method, target, body }: BenchRequest, daemon: string): void {
    const path = target.split("?", 1)[0] ?? "";
    if (daemon === "" && path === "/ping") pings += 1;
    else if (daemon === "") daemonRequests += 1;
    if (method === "POST" && path === `${daemon}/command`) {
      counter.command();
      const command = parseBenchCommand(String((JSON.parse(body) as { command?: unknown }).command));
      if (command !== undefined) return void writeStream(socket, commandStream(command));
    }
    socket.write(
      answers.get(`${method} ${path}`) ?? fleet.answer(method, target) ?? late.answer(method, target) ?? notFound,
    );
  }

  return {
    domain,
    stats: () => ({ ...counter.read(), daemonRequests, pings, fleet: fleet.stats(), late: late.stats() }),
    resetStats: () => {
      counter.reset();
      fleet.reset();
      late.reset();
      daemonRequests = 0;
      pings = 0;
    },
    close: async () => {
      await transfers.close();
      const closed = Promise.all([server, root].map((one) => new Promise((resolve) => one.close(resolve))));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const notFound = jsonAnswer({ detail: "Not Found" }, "404 Not Found");
