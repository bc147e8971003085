import type { IncomingMessage, ServerResponse } from "node:http";

import Router from "router";

import { answerEmpty, answerText } from "./answer.js";
import { answerInterrupt, answerStatus } from "./command-routes.js";
import { runCommand } from "./run-command.js";
import type { WorkerContext } from "./worker-context.js";

/** What a route gets; `id` is the path parameter, empty where there is none. */
type RouteHandler = (request: IncomingMessage, response: ServerResponse, id: string) => unknown;

type Method = "get" | "post" | "delete";

/** Answers a request whose path has been matched, or the daemon's 404 text. */
export type Dispatch = (request: IncomingMessage, response: ServerResponse, onError: (error: unknown) => void) => void;

/**
 * The routes of the daemon (`execd.md` 3, 4, 6, 7).
 *
 * Modules that `/ping` and `/command` do not need are loaded with the first request that does, since every creation of a
 * sandbox waits for the worker's start.
 */
export function createRoutes(context: WorkerContext): Dispatch {
  const router = Router({ strict: true, caseSensitive: true });
  for (const [method, path, handler] of routeTable(context)) {
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
    router(request, response, (error) => (error === undefined || error === null ? answerNotFound(response) : onError(error)));
  };
}

function routeTable(context: WorkerContext): readonly (readonly [Method, string, RouteHandler])[] {
  return [
    ["get", "/ping", (_request, response) => answerEmpty(response)],
    ["post", "/command", (request, response) => runCommand(request, response, context)],
    ["delete", "/command", (request, response) => answerInterrupt(request, response, context, () => false)],
    ["get", "/command/status/:id", (_request, response, id) => answerStatus(id, response, context)],
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
  const href = location.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&#34;");
  const body = `<a href="${href}">Moved Permanently</a>.\n\n`;
  response.writeHead(301, { "content-type": "text/html; charset=utf-8", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
