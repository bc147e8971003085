import type { IncomingMessage, ServerResponse } from "node:http";
import { readLimitedBody } from "../read-limited-body.js";
import { RefusedChange } from "../refused-change.js";
import { answerJson, refuse, refuseMethod, refuseThrown } from "../sidecar-answer.js";
import type { VaultStore } from "./vault-store.js";

/** What has to hold for a vault to be written (`egress.md` 4.1). */
export interface VaultPreconditions {
  readonly hasToken: boolean;
  /** Absent without transparent interception. */
  readonly interception: { readonly isReady: () => boolean; readonly isUpstreamInsecure: boolean } | undefined;
}

const ITEM = /^\/credential-vault\/(credentials|bindings)(?:\/(.+))?$/;

/** Answers the authorised requests below `/credential-vault` (`egress.md` 4.2), but `_active`. */
export function answerVault(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  vault: VaultStore,
  preconditions: VaultPreconditions,
): void {
  const method = request.method ?? "GET";
  if (pathname === "/credential-vault") {
    if (method === "GET") return answerWith(response, () => answerJson(response, 200, vault.describe()));
    if (method !== "POST" && method !== "PATCH" && method !== "DELETE")
      return refuseMethod(response, "GET, POST, PATCH, DELETE");
    return answerWith(response, () => {
      checkPreconditions(request, preconditions);
      write(method, request, response, vault);
    });
  }
  const [, kind, name] = ITEM.exec(pathname) ?? [];
  if (kind === undefined) return refuse(response, 404, "not found");
  if (method !== "GET") return refuseMethod(response, "GET");
  answerWith(response, () =>
    answerJson(response, 200, read(kind === "bindings" ? "bindings" : "credentials", name, vault)),
  );
}

function write(
  method: "POST" | "PATCH" | "DELETE",
  request: IncomingMessage,
  response: ServerResponse,
  vault: VaultStore,
): void {
  if (method === "DELETE") {
    vault.remove();
    response.statusCode = 204;
    response.end();
    return;
  }
  readLimitedBody(request)
    .then((body) =>
      method === "POST" ? answerJson(response, 201, vault.create(body)) : answerJson(response, 200, vault.patch(body)),
    )
    .catch((error: unknown) => refuseThrown(response, error));
}

function read(kind: "credentials" | "bindings", segment: string | undefined, vault: VaultStore): unknown {
  const state = vault.describe();
  if (segment === undefined) return { revision: state.revision, [kind]: state[kind] };
  const name = decoded(segment).trim();
  const found = state[kind].find((item) => item.name === name);
  if (found === undefined) throw new RefusedChange(404, `${kind === "bindings" ? "binding" : "credential"} not found`);
  return found;
}

function checkPreconditions(request: IncomingMessage, { hasToken, interception }: VaultPreconditions): void {
  if (!hasToken) throw new RefusedChange(412, "credential vault requires egress API auth token");
  if (interception === undefined) throw new RefusedChange(412, "credential vault requires transparent mitmproxy");
  if (interception.isUpstreamInsecure)
    throw new RefusedChange(412, "credential vault rejects insecure upstream TLS mode");
  if (!interception.isReady()) throw new RefusedChange(412, "credential proxy is not ready");
  if (!isLoopback(request.socket.remoteAddress ?? ""))
    throw new RefusedChange(426, "credential vault writes require TLS or loopback transport");
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** What cannot be decoded is nobody's name. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function answerWith(response: ServerResponse, work: () => void): void {
  try {
    work();
  } catch (error) {
    refuseThrown(response, error);
  }
}
