import type { IncomingMessage } from "node:http";

import { RefusedRequest } from "../answers/answer.js";
import { resolvePath } from "../system/resolve-path.js";
import type { WorkerContext } from "../worker-context.js";

/** The query of a request. */
export function readQuery(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? "/", "http://worker").searchParams;
}

/** The `path` parameter; throws the 400 of routes that need it. */
export function requirePath(query: URLSearchParams): string {
  const path = query.get("path") ?? "";
  if (path === "") throw new RefusedRequest(400, "MISSING_QUERY", "missing query parameter 'path'");
  return path;
}

/**
 * Resolves a path argument of the files API and keeps it inside the sandbox.
 *
 * `followLast: false` is for operations on a link itself. Throws 500 for an undefined variable and 403 for a path
 * outside the roots; a real daemon, confined by its container, has no such answer.
 */
export async function resolveFilePath(path: string, context: WorkerContext, followLast: boolean): Promise<string> {
  let resolved: string;
  try {
    resolved = resolvePath(path, context.config);
  } catch (error) {
    throw new RefusedRequest(
      500,
      "RUNTIME_ERROR",
      `error accessing file: invalid path ${path}: ${(error as Error).message}`,
    );
  }
  if (await context.confinement.allows(resolved, followLast)) return resolved;
  throw new RefusedRequest(403, "INVALID_FILE", `path is outside the sandbox: ${path}`);
}
