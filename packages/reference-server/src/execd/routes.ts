import type { IncomingMessage, ServerResponse } from "node:http";

import Router from "router";

import { answerEmpty, answerText } from "./answers/answer.js";
import { CodeContexts } from "./code/code-contexts.js";
import { SessionStore } from "./session/session-store.js";
import type { TerminalStore } from "./terminal/terminal-store.js";
import type { WorkerContext } from "./worker-context.js";

/** What a route gets; `id` is the path parameter, empty where there is none. */
type RouteHandler = (request: IncomingMessage, response: ServerResponse, id: string) => unknown;

type Method = "get" | "post" | "delete";

/** Answers a request whose path has been matched, or the daemon's 404 text. */
export type Dispatch = (request: IncomingMessage, response: ServerResponse, onError: (error: unknown) => void) => void;

/**
 * The routes of the daemon (`execd.md` 3, 4, 6, 7, 9).
 *
 * Modules that `/ping` does not need are loaded with the first request that does, since every creation of a sandbox
 * waits for the worker's start; {@link warmUp} loads those of the first command meanwhile.
 */
export function createRoutes(context: WorkerContext, terminals: TerminalStore): Dispatch {
  const router = Router({ strict: true, caseSensitive: true });
  for (const [method, path, handler] of routeTable(context, terminals)) {
    router[method](path, (request, response, next) => {
      // The router answers HEAD by GET handlers; the daemon does not.
      if (request.method?.toLowerCase() !== method) return next("router");
      const { id } = request.params;
      return Promise.resolve(handler(request, response, typeof id === "string" ? id : "")).then(() => undefined);
    });
    router[method](`${path}/`, redirectWithoutSlash);
  }
  return (request, response, onError) => {
    // The router would answer OPTIONS by itself (`execd.md` 1: 404, no CORS).
    if (request.method === "OPTIONS") return answerNotFound(response);
    router(request, response, (error) =>
      error === undefined || error === null ? answerNotFound(response) : onError(error),
    );
  };
}

/** Loads what the first command needs. */
export async function warmUp(): Promise<void> {
  await Promise.all([import("./commands/run-command.js"), import("./commands/command-routes.js")]);
}

function routeTable(
  context: WorkerContext,
  terminals: TerminalStore,
): readonly (readonly [Method, string, RouteHandler])[] {
  const sessions = new SessionStore();
  const runs = () => import("./commands/run-command.js");
  const commands = () => import("./commands/command-routes.js");
  const sessionRoutes = () => import("./session/session-routes.js");
  const terminalRoutes = () => import("./terminal/terminal-routes.js");
  const contexts = new CodeContexts(context);
  const code = () => import("./code/code-routes.js");
  const interruptOthers = (id: string): boolean => sessions.destroy(id) || contexts.interrupt(id);
  const metrics = () => import("./metrics.js");
  const inspection = () => import("./files/inspect-files.js");
  const changes = () => import("./files/change-files.js");
  return [
    ["get", "/ping", (_request, response) => answerEmpty(response)],
    ["get", "/metrics", async (_request, response) => (await metrics()).answerMetrics(response)],
    [
      "get",
      "/metrics/watch",
      async (_request, response) => (await metrics()).watchMetrics(response, context.onBrokenWrite),
    ],

    ["post", "/command", async (request, response) => (await runs()).runCommand(request, response, context)],
    [
      "delete",
      "/command",
      async (request, response) => (await commands()).answerInterrupt(request, response, context, interruptOthers),
    ],
    [
      "get",
      "/command/status/:id",
      async (_request, response, id) => (await commands()).answerStatus(id, response, context),
    ],
    [
      "get",
      "/command/:id/logs",
      async (request, response, id) =>
        (await import("./commands/command-logs.js")).answerLogs(id, request, response, context),
    ],

    [
      "post",
      "/session",
      async (request, response) => (await sessionRoutes()).createSession(request, response, context, sessions),
    ],
    [
      "post",
      "/session/:id/run",
      async (request, response, id) =>
        (await sessionRoutes()).answerSessionRun(id, request, response, context, sessions),
    ],
    [
      "delete",
      "/session/:id",
      async (_request, response, id) => (await sessionRoutes()).deleteSession(id, response, sessions),
    ],

    ["post", "/code", async (request, response) => (await code()).answerCode(request, response, context, contexts)],
    [
      "delete",
      "/code",
      async (request, response) => (await commands()).answerInterrupt(request, response, context, interruptOthers),
    ],
    [
      "post",
      "/code/context",
      async (request, response) => (await code()).createContext(request, response, context, contexts),
    ],
    ["get", "/code/contexts", async (request, response) => (await code()).listContexts(request, response, contexts)],
    [
      "delete",
      "/code/contexts",
      async (request, response) => (await code()).deleteContexts(request, response, contexts),
    ],
    ["get", "/code/contexts/:id", async (_request, response, id) => (await code()).getContext(id, response, contexts)],
    [
      "delete",
      "/code/contexts/:id",
      async (_request, response, id) => (await code()).deleteContext(id, response, contexts),
    ],

    [
      "get",
      "/files/info",
      async (request, response) => (await inspection()).answerFileInfo(request, response, context),
    ],
    [
      "get",
      "/files/search",
      async (request, response) => (await inspection()).answerSearch(request, response, context),
    ],
    [
      "get",
      "/files/download",
      async (request, response) => (await import("./files/download.js")).answerDownload(request, response, context),
    ],
    [
      "post",
      "/files/upload",
      async (request, response) => (await import("./files/upload.js")).answerUpload(request, response, context),
    ],
    ["post", "/files/mv", async (request, response) => (await changes()).moveFiles(request, response, context)],
    [
      "post",
      "/files/permissions",
      async (request, response) => (await changes()).changePermissions(request, response, context),
    ],
    [
      "post",
      "/files/replace",
      async (request, response) => (await changes()).replaceInFiles(request, response, context),
    ],
    ["delete", "/files", async (request, response) => (await changes()).deleteFiles(request, response, context)],
    [
      "get",
      "/directories/list",
      async (request, response) => (await inspection()).answerDirectoryList(request, response, context),
    ],
    [
      "post",
      "/directories",
      async (request, response) => (await changes()).createDirectories(request, response, context),
    ],
    [
      "delete",
      "/directories",
      async (request, response) => (await changes()).deleteDirectories(request, response, context),
    ],

    [
      "post",
      "/pty",
      async (request, response) => (await terminalRoutes()).createTerminal(request, response, context, terminals),
    ],
    [
      "get",
      "/pty/:id",
      async (_request, response, id) => (await terminalRoutes()).answerTerminal(id, response, terminals),
    ],
    [
      "delete",
      "/pty/:id",
      async (_request, response, id) => (await terminalRoutes()).deleteTerminal(id, response, terminals),
    ],
    [
      "get",
      "/pty/:id/ws",
      async (_request, response, id) => (await terminalRoutes()).answerNoHandshake(id, response, terminals),
    ],
  ];
}

function answerNotFound(response: ServerResponse): void {
  answerText(response, 404, "404 page not found");
}

/** 301 for GET and 307 for the rest, to the path without its slash (`execd.md` 1). */
function redirectWithoutSlash(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://worker");
  const location = `${url.pathname.replace(/\/+$/, "")}${url.search}`;
  response.setHeader("location", location);
  if (request.method !== "GET") {
    response.statusCode = 307;
    return answerEmpty(response);
  }
  const href = location
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;");
  const body = `<a href="${href}">Moved Permanently</a>.\n\n`;
  response.writeHead(301, { "content-type": "text/html; charset=utf-8", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
