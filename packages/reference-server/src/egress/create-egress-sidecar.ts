import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { encodeJson } from "../execd/go-json/encode-json.js";
import type { EgressProfile, RawPolicy } from "./policy-document.js";
import { PolicyStore, RefusedChange } from "./policy-store.js";
import { readLimitedBody } from "./read-limited-body.js";

/** What a sidecar is started with. */
export interface EgressSidecarOptions {
  /** Without one everything is open (`egress.md` 1, Auth header). */
  readonly token?: string;
  /** The policy document of the sandbox; `{}` is deny-all (`egress.md` 2.4). */
  readonly policy: RawPolicy;
  readonly profile: EgressProfile;
  /** 4096 unless given; 0 means no limit. */
  readonly maxRules?: number;
}

/** The egress sidecar of one sandbox: keeps and answers for its policy, but filters no traffic. */
export interface EgressSidecar {
  /** Answers one request; `path` is the path below the sidecar's base, with its query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/**
 * Creates a sidecar with the routes of `egress.md` 1.1; the vault answers as without interception (4.1).
 *
 * Throws on an invalid policy, as a real sidecar does not start then.
 */
export function createEgressSidecar(options: EgressSidecarOptions): EgressSidecar {
  const store = new PolicyStore(options.policy, options.profile, options.maxRules ?? DEFAULT_MAX_RULES);
  return {
    handle(request, response, path) {
      const pathname = path.split("?")[0] ?? "";
      const method = request.method ?? "GET";
      if (pathname === "/healthz") return answer(response, 200, "text/plain; charset=utf-8", "ok");
      if (pathname === "/credential-vault/_active") {
        return method === "GET" ? refuse(response, 403, "forbidden") : refuseMethod(response, "GET");
      }
      const isVault = pathname === "/credential-vault" || pathname.startsWith("/credential-vault/");
      if (pathname !== "/policy" && !isVault) return refuse(response, 404, "404 page not found");
      if (!isAuthorized(request, options.token)) return refuse(response, 401, "unauthorized");
      if (isVault) return answerVault(method, pathname, response, options.token !== undefined);
      answerPolicy(method, request, response, store);
    },
  };
}

const DEFAULT_MAX_RULES = 4096;
const POLICY_METHODS = "GET, POST, PUT, PATCH, DELETE";

function answerPolicy(method: string, request: IncomingMessage, response: ServerResponse, store: PolicyStore): void {
  const change = changeOf(method, store);
  if (method === "GET") return answerJson(response, store.describe());
  if (change === undefined) return refuseMethod(response, POLICY_METHODS);
  readLimitedBody(request)
    .then((body) => answerJson(response, change(body)))
    .catch((error: unknown) => {
      if (error instanceof RefusedChange) refuse(response, error.status, error.message);
      else refuse(response, 400, `failed to read body: ${error instanceof Error ? error.message : String(error)}`);
    });
}

function changeOf(method: string, store: PolicyStore): ((body: string) => unknown) | undefined {
  if (method === "POST" || method === "PUT") return (body) => store.replace(body);
  if (method === "PATCH") return (body) => store.merge(body);
  return method === "DELETE" ? (body) => store.remove(body) : undefined;
}

function answerVault(method: string, pathname: string, response: ServerResponse, hasToken: boolean): void {
  if (pathname === "/credential-vault") {
    if (method === "GET") return refuse(response, 404, "credential vault not found");
    if (!["POST", "PATCH", "DELETE"].includes(method)) return refuseMethod(response, "GET, POST, PATCH, DELETE");
    const missing = hasToken ? "transparent mitmproxy" : "egress API auth token";
    return refuse(response, 412, `credential vault requires ${missing}`);
  }
  if (!/^\/credential-vault\/(credentials|bindings)(\/[^/]+)?$/.test(pathname)) return refuse(response, 404, "not found");
  if (method === "GET") return refuse(response, 404, "credential vault not found");
  refuseMethod(response, "GET");
}

function isAuthorized(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const sent = request.headers["opensandbox-egress-auth"];
  return typeof sent === "string" && timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function answerJson(response: ServerResponse, value: unknown): void {
  answer(response, 200, "application/json", `${encodeJson(value)}\n`);
}

function refuseMethod(response: ServerResponse, allow: string): void {
  response.setHeader("allow", allow);
  refuse(response, 405, "method not allowed");
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.setHeader("x-content-type-options", "nosniff");
  answer(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

function answer(response: ServerResponse, status: number, contentType: string, text: string): void {
  // Above the daemon's buffer of 2 KiB answers carry no length.
  const length = Buffer.byteLength(text);
  response.statusCode = status;
  response.setHeader("content-type", contentType);
  if (length <= 2048) response.setHeader("content-length", String(length));
  else response.setHeader("transfer-encoding", "chunked");
  response.end(text);
}
