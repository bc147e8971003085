import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import Router from "router";
import type { LifecycleRoute } from "../lifecycle/lifecycle-routes.js";
import type { ServerProxy } from "../proxy/server-proxy.js";
import { guardedServer } from "../../shared/forwarding/guarded-server.js";
import { collectBody, RefusedBody } from "../../shared/forwarding/held-bodies.js";
import { refuseSocket } from "../../shared/forwarding/refuse-socket.js";
import { refuseUpgrade } from "../proxy/forward-upgrade.js";
import type { ResolvedOptions } from "../server-options.js";
import { keyProblem } from "./authenticate.js";
import { browserRefusal } from "./browser-guard.js";
import { allowOrigin, answerPreflight } from "./cors.js";
import { HttpProblem, problem } from "./http-problem.js";
import { answerJson, answerProblem, answerText } from "./json-answer.js";
import { requestIdOf } from "./request-id.js";
import { writtenErrorForm } from "./written-error-form.js";

/** Largest body of a lifecycle call; a proxied body has no limit, it is streamed. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** What the control plane works with. */
export interface ControlPlaneParts {
  readonly options: ResolvedOptions;
  readonly routes: readonly LifecycleRoute[];
  readonly proxy: ServerProxy;
}

/**
 * Makes the HTTP server of the lifecycle API and the server proxy; it does not listen yet.
 *
 * Every request passes, in this order: request id, host and origin, preflight, key, route. So an unknown path without
 * a key is 401 (`lifecycle.md` 1.1).
 */
export function controlPlane(parts: ControlPlaneParts): Server {
  const { options, proxy } = parts;
  const guard = (request: IncomingMessage): HttpProblem | undefined => {
    const port = (server.address() as AddressInfo | null)?.port ?? 0;
    const refusal = browserRefusal(request.headers, { ...options, port });
    return refusal === undefined ? undefined : new HttpProblem(403, refusal);
  };
  const health: LifecycleRoute = {
    path: "/health",
    methods: { GET: () => ({ status: 200, body: { status: "healthy" } }) },
  };
  const router = Router({ strict: true, caseSensitive: true });
  register(router, [health], [""]);
  register(router, parts.routes, ["", "/v1"]);
  const slashRedirect = trailingSlashRedirect([health], parts.routes);
  const fail = failureHandler(options);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const requestId = identify(request, response, options);
    const url = request.url ?? "/";
    try {
      const refusal = guard(request);
      if (refusal !== undefined) throw refusal;
      allowOrigin(request, response);
      if (answerPreflight(request, response)) return;
      const failure = url.split("?")[0] === "/health" ? undefined : keyProblem(request.headers, options.apiKey);
      if (failure !== undefined) throw failure;
      if (proxy.matches(url)) return proxy.answer(request, response, requestId);
    } catch (error) {
      return fail(error, request, response);
    }
    router(request, response, (error: unknown) => {
      if (error !== undefined && error !== null) return fail(error, request, response);
      const location = slashRedirect(url);
      if (location === undefined) return fail(new HttpProblem(404, { detail: "Not Found" }), request, response);
      response.setHeader("location", `http://${request.headers.host ?? ""}${location}`);
      answerJson(response, 307, undefined);
    });
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const failure = guard(request) ?? keyProblem(request.headers, options.apiKey);
    if (failure !== undefined) refuseUpgrade(socket, failure.status, failure.body);
    else if (proxy.matches(request.url ?? "/")) proxy.upgrade(request, socket, head);
    else refuseSocket(socket, 403, { "Content-Type": "text/plain; charset=utf-8" }, "");
  };
  const server: Server = guardedServer({
    onRequest,
    onUpgrade,
    onThrow: (error) =>
      options.onEvent({
        type: "failure",
        what: "answering a request",
        message: error instanceof Error ? error.message : String(error),
      }),
  });
  server.on("clientError", (_error, socket) => {
    if (!socket.writable) return void socket.destroy();
    refuseSocket(socket, 400, { "Content-Type": "text/plain; charset=utf-8" }, "Invalid HTTP request received.");
  });
  return server;
}

/** Gives a request its id and reports it when it is over; returns the id. */
function identify(request: IncomingMessage, response: ServerResponse, options: ResolvedOptions): string {
  const requestId = requestIdOf(request.headers);
  const path = request.url?.split("?")[0] ?? "";
  response.setHeader("x-request-id", requestId);
  response.once("close", () =>
    options.onEvent({ type: "request", method: request.method ?? "GET", path, status: response.statusCode, requestId }),
  );
  return requestId;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  try {
    return await collectBody(request, MAX_BODY_BYTES);
  } catch (error) {
    if (!(error instanceof RefusedBody)) throw error;
    if (error.reason === "too-large") throw new HttpProblem(413, { detail: "Request body too large" });
    throw problem(503, "SERVER::BUSY", "Too many request bodies at once; try again later.");
  }
}

function register(router: Router.Router, routes: readonly LifecycleRoute[], prefixes: readonly string[]): void {
  for (const prefix of prefixes) {
    for (const { path, methods } of routes) {
      const [first = ""] = Object.keys(methods);
      router.all(`${prefix}${path}`, async (request: Router.Request, response: ServerResponse) => {
        const method = request.method ?? "GET";
        const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
        if (handler === undefined) throw new HttpProblem(405, { detail: "Method Not Allowed" }, { allow: first });
        const answer = await handler({
          params: request.params as Record<string, string>,
          query: new URLSearchParams(request.url?.split("?").slice(1).join("?")),
          headers: request.headers,
          body: await readBody(request),
        });
        for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
        if (answer.text === undefined) answerJson(response, answer.status, answer.body);
        else answerText(response, answer.status, answer.text);
      });
    }
  }
}

/** `/v1/sandboxes/` is the same as without the slash, by a redirect (`lifecycle.md` 1): where to, or `undefined`. */
function trailingSlashRedirect(
  atRoot: readonly LifecycleRoute[],
  everywhere: readonly LifecycleRoute[],
): (url: string) => string | undefined {
  const known = [
    ...atRoot.map((route) => route.path),
    ...everywhere.flatMap((route) => [route.path, `/v1${route.path}`]),
  ].map((path) => new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}/$`));
  return (url) => {
    const [path = "", ...query] = url.split("?");
    if (!known.some((expression) => expression.test(path))) return undefined;
    return `${path.slice(0, -1)}${query.length === 0 ? "" : `?${query.join("?")}`}`;
  };
}

function failureHandler(
  options: ResolvedOptions,
): (error: unknown, request: IncomingMessage, response: ServerResponse) => void {
  const answer = (response: ServerResponse, error: unknown): void =>
    answerProblem(response, options.profile === "spec" ? writtenErrorForm(error) : error);
  return (error, request, response) => {
    const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
    if (response.headersSent || request.socket.destroyed) return void response.destroy();
    if (error instanceof HttpProblem) return answer(response, error);
    // A path that cannot be decoded leads nowhere.
    if (status === 400) return answer(response, new HttpProblem(404, { detail: "Not Found" }));
    options.onEvent({
      type: "failure",
      what: "answering a request",
      message: error instanceof Error ? error.message : String(error),
    });
    answer(response, error);
  };
}
