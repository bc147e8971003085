import type { VaultBinding } from "../vault/vault-binding.js";

/** What a binding is chosen by. */
export interface BoundRequest {
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly method: string;
  /** Lower case. */
  readonly host: string;
  /** Without query. */
  readonly path: string;
}

/**
 * Finds the binding of a request (`egress.md` 4.8): an exact host beats a wildcard; `ambiguous` when several of the
 * same rank remain.
 */
export function selectBinding(
  bindings: readonly VaultBinding[],
  request: BoundRequest,
): VaultBinding | "ambiguous" | undefined {
  const fitting = bindings.filter(
    ({ match }) =>
      match.schemes.includes(request.scheme) &&
      match.ports.includes(request.port) &&
      match.methods.includes(request.method) &&
      match.paths.some((pattern) =>
        pattern.endsWith("*") ? request.path.startsWith(pattern.slice(0, -1)) : request.path === pattern,
      ),
  );
  const exact = fitting.filter(({ match }) => match.hosts.includes(request.host));
  const found =
    exact.length > 0
      ? exact
      : fitting.filter(({ match }) =>
          match.hosts.some((host) => host.startsWith("*.") && request.host.endsWith(host.slice(1))),
        );
  return found.length > 1 ? "ambiguous" : found[0];
}
