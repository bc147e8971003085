/** One operation of the three APIs. */
export interface ProtocolOperation {
  readonly api: "lifecycle" | "execd" | "egress";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the API's origin, with `{name}` for each variable part. */
  readonly path: string;
  /** Where the operation is described. */
  readonly section: string;
}

/**
 * Every operation that the protocol describes, pass-through proxies left out: what tables of coverage are made from.
 *
 * A daemon older than isolated sessions has none of `/v1/isolated` (`execd.md` 10).
 */
export const operations: readonly ProtocolOperation[] = [
  ...ofApi("lifecycle", {
    "lifecycle.md 1": ["GET /health"],
    "lifecycle.md 2": ["POST /v1/sandboxes"],
    "lifecycle.md 3": ["GET /v1/sandboxes", "GET /v1/sandboxes/{id}"],
    "lifecycle.md 4": [
      "POST /v1/sandboxes/{id}/renew-expiration",
      "POST /v1/sandboxes/{id}/pause",
      "POST /v1/sandboxes/{id}/resume",
      "DELETE /v1/sandboxes/{id}",
      "PATCH /v1/sandboxes/{id}/metadata",
    ],
    "lifecycle.md 5": ["GET /v1/sandboxes/{id}/endpoints/{port}"],
    "lifecycle.md 7": [
      "POST /v1/sandboxes/{id}/snapshots",
      "GET /v1/snapshots",
      "GET /v1/snapshots/{id}",
      "DELETE /v1/snapshots/{id}",
    ],
    "lifecycle.md 8": [
      "GET /v1/sandboxes/{id}/diagnostics/logs",
      "GET /v1/sandboxes/{id}/diagnostics/events",
      "GET /v1/sandboxes/{id}/diagnostics/inspect",
      "GET /v1/sandboxes/{id}/diagnostics/summary",
      "GET /v1/pools",
      "POST /v1/pools",
      "GET /v1/pools/{name}",
      "PUT /v1/pools/{name}",
      "DELETE /v1/pools/{name}",
      "POST /v1/metrics/events",
    ],
  }),
  ...ofApi("execd", {
    "execd.md 3": ["POST /command", "DELETE /command", "GET /command/status/{id}", "GET /command/{id}/logs"],
    "execd.md 4": ["POST /session", "POST /session/{id}/run", "DELETE /session/{id}"],
    "execd.md 5": [
      "POST /code",
      "DELETE /code",
      "POST /code/context",
      "GET /code/contexts",
      "DELETE /code/contexts",
      "GET /code/contexts/{id}",
      "DELETE /code/contexts/{id}",
    ],
    "execd.md 6": [
      "GET /files/info",
      "GET /files/search",
      "GET /files/download",
      "POST /files/upload",
      "POST /files/mv",
      "POST /files/permissions",
      "POST /files/replace",
      "DELETE /files",
      "GET /directories/list",
      "POST /directories",
      "DELETE /directories",
    ],
    "execd.md 7": ["GET /ping", "GET /metrics", "GET /metrics/watch"],
    "execd.md 9": ["POST /pty", "GET /pty/{id}", "DELETE /pty/{id}", "GET /pty/{id}/ws"],
    "execd.md 10": [
      "POST /v1/isolated/session",
      "GET /v1/isolated/sessions",
      "GET /v1/isolated/capabilities",
      "GET /v1/isolated/session/{id}",
      "DELETE /v1/isolated/session/{id}",
      "POST /v1/isolated/session/{id}/run",
      "GET /v1/isolated/session/{id}/diff",
      "POST /v1/isolated/session/{id}/commit",
    ],
  }),
  ...ofApi("egress", {
    "egress.md 1": ["GET /healthz"],
    "egress.md 3": ["GET /policy", "POST /policy", "PUT /policy", "PATCH /policy", "DELETE /policy"],
    "egress.md 4": [
      "POST /credential-vault",
      "GET /credential-vault",
      "PATCH /credential-vault",
      "DELETE /credential-vault",
      "GET /credential-vault/credentials",
      "GET /credential-vault/credentials/{name}",
      "GET /credential-vault/bindings",
      "GET /credential-vault/bindings/{name}",
      "GET /credential-vault/_active",
    ],
  }),
];

function ofApi(
  api: ProtocolOperation["api"],
  sections: Readonly<Record<string, readonly string[]>>,
): ProtocolOperation[] {
  return Object.entries(sections).flatMap(([section, calls]) =>
    calls.map((call) => {
      const [method, path] = call.split(" ") as [ProtocolOperation["method"], string];
      return { api, method, path, section };
    }),
  );
}
