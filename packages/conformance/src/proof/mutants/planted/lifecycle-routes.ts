import type { GatewayRequest } from "../../../gateway/alteration.js";

/** A test for one route of the lifecycle API; the path is without its version and with its query. */
export function lifecycleRoute(method: string, path: RegExp): (request: GatewayRequest) => boolean {
  return (request) =>
    request.part === "lifecycle" && request.method === method && path.test(request.path.replace(/^\/v1/, ""));
}

const ID = "[^/?]+";
export const creates = lifecycleRoute("POST", /^\/sandboxes$/);
export const lists = lifecycleRoute("GET", /^\/sandboxes(\?|$)/);
export const reads = lifecycleRoute("GET", new RegExp(`^/sandboxes/${ID}$`));
export const deletes = lifecycleRoute("DELETE", new RegExp(`^/sandboxes/${ID}$`));
export const pauses = lifecycleRoute("POST", new RegExp(`^/sandboxes/${ID}/pause$`));
export const resumes = lifecycleRoute("POST", new RegExp(`^/sandboxes/${ID}/resume$`));
export const renewals = lifecycleRoute("POST", new RegExp(`^/sandboxes/${ID}/renew-expiration$`));
export const patches = lifecycleRoute("PATCH", new RegExp(`^/sandboxes/${ID}/metadata$`));
export const endpoints = lifecycleRoute("GET", new RegExp(`^/sandboxes/${ID}/endpoints/`));

/** The sandbox that a request names. */
export function sandboxOf({ path }: GatewayRequest): string {
  return /\/sandboxes\/([^/?]+)/.exec(path)?.[1] ?? "";
}

/** A JSON object of a body; an empty one where it is none. */
export function objectIn(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    // Not JSON: there is nothing to look at.
    return {};
  }
}
