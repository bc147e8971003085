import { chmodSync, mkdirSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import type { ExecdConfig } from "../shared/execd-config.js";
import { guardedServer } from "../shared/forwarding/guarded-server.js";
import { refuseSocket } from "../shared/forwarding/refuse-socket.js";
import { hasAccess } from "./access.js";
import { answerError, answerJson, RefusedRequest } from "./answers/answer.js";
import { watchForBrokenWrite } from "./commands/broken-pipe.js";
import { passOwnProxy } from "./own-proxy.js";
import { createPortProxy } from "./proxy/port-proxy.js";
import { openProxyGate } from "./proxy/proxy-gate.js";
import { MAX_BODY_BYTES } from "./answers/read-body.js";
import { createRoutes, warmUp } from "./routes.js";
import { TerminalStore } from "./terminal/terminal-store.js";
import type { TerminalUpgradeOptions } from "./terminal/upgrade-terminal.js";
import { createWorkerContext } from "./worker-context.js";

/** A running execd. */
export interface Execd {
  /** The TCP port, when it listens on TCP. */
  readonly port?: number;
  /** Kills every process it started; synchronous, for the end of the lifeline. */
  killAll(): void;
  /** Kills every process it started, drops all connections and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts the in-sandbox daemon of `execd.md` in this process.
 *
 * The `execd` entry point runs it in a process of its own; tests may start it in theirs. Rejects when it cannot listen
 * or a fault is unknown.
 */
export async function startExecd(config: ExecdConfig): Promise<Execd> {
  const context = createWorkerContext(config);
  mkdirSync(context.temporaryDirectory, { recursive: true });
  const terminals = new TerminalStore();
  const routes = createRoutes(context, terminals);
  const proxy = createPortProxy(context);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    // A real daemon names the connection only where it streams or closes.
    if (response.shouldKeepAlive) response.removeHeader("connection");
    if (!hasAccess(request, config.accessToken)) return answerJson(response, 401, { error: UNAUTHORIZED });
    if (context.onBrokenWrite !== undefined) watchForBrokenWrite(response, context.onBrokenWrite);
    const url = passOwnProxy(request);
    if (url.startsWith("/proxy/")) proxy.answer(request, response);
    else routes(request, response, (error) => answerFailure(request, response, error));
  };
  const upgraded = new Set<Duplex>();
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    const url = passOwnProxy(request);
    if (!hasAccess(request, config.accessToken)) refuseSocket(socket, 401, {}, "");
    else if (url.startsWith("/proxy/")) proxy.upgrade(request, socket, head);
    else if (TERMINAL_SOCKET.test(url))
      void upgradeTerminal(request, socket, head, {
        terminals,
        closeLingers: context.faults.has("terminal-close-lingers"),
      });
    else refuseSocket(socket, 404, {}, "");
  };
  const onThrow = (error: unknown): void => void process.stderr.write(`execd: a request failed: ${textOf(error)}\n`);
  const server = guardedServer({ onRequest, onUpgrade, onThrow, bodyBytes: 2 * MAX_BODY_BYTES });
  // Command streams and uploads may last for hours, and a client may keep an idle connection.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  const closeGate = config.network === undefined ? undefined : await openProxyGate(config.network);
  await listen(server, config.listen);
  // After the answer that the worker is ready has been written.
  setImmediate(() => void warmUp());
  const address = server.address();
  return {
    ...(isTcp(address) ? { port: address.port } : {}),
    killAll: () => context.processes.killAll(),
    close: () => {
      context.processes.killAll();
      closeGate?.();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        // Those the server has given away.
        for (const socket of upgraded) socket.destroy();
      });
    },
  };
}

const TERMINAL_SOCKET = /^\/pty\/([^/?]+)\/ws(?:\?|$)/;

/** Loaded with the first terminal: every creation of a sandbox waits for the worker's start. */
async function upgradeTerminal(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: TerminalUpgradeOptions,
): Promise<void> {
  const [, id = ""] = TERMINAL_SOCKET.exec(request.url ?? "") ?? [];
  try {
    await (await import("./terminal/upgrade-terminal.js")).upgradeTerminal(id, request, socket, head, options);
  } catch (error) {
    process.stderr.write(`execd: a terminal failed: ${textOf(error)}\n`);
    socket.destroy();
  }
}

const UNAUTHORIZED = "Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN";

function answerFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof RefusedRequest) answerError(response, error);
  else {
    process.stderr.write(`execd: ${request.method} failed: ${textOf(error)}\n`);
    response.statusCode = 500;
    response.setHeader("content-length", "0");
    response.end();
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function listen(server: Server, where: ExecdConfig["listen"]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const onListening = (): void => {
      server.off("error", reject);
      if ("socketPath" in where) chmodSync(where.socketPath, 0o600);
      resolve();
    };
    if ("socketPath" in where) server.listen(where.socketPath, onListening);
    else server.listen(where.port, where.host, onListening);
  });
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
