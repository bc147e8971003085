import { catchError, throwError, type MonoTypeOperatorFunction } from "rxjs";
import { ApiError, isSandboxError, type Api, type ApiRequest } from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";

/** Everything of isolated sessions is below this path of execd (`execd.md` 10.1). */
const ROOT = "/v1/isolated";

/**
 * execd's API below its part for isolated sessions, or below one session of it.
 *
 * A server without isolated sessions says so in several ways (divergence X54): a 404 of a route that does not exist has
 * no code, a daemon that cannot isolate answers 503 `NOT_SUPPORTED`. Both are `unsupported`.
 */
function createIsolatedApi(api: Api, prefix = ""): Api {
  const below = (request: ApiRequest): ApiRequest => ({ ...request, path: `${ROOT}${prefix}${request.path}` });
  return {
    ...api,
    request: (request) => api.request(below(request)).pipe(mapUnsupported()),
    json: (request, parse) => api.json(below(request), parse).pipe(mapUnsupported()),
    empty: (request) => api.empty(below(request)).pipe(mapUnsupported()),
    open: (request) => api.open(below(request)).pipe(mapUnsupported()),
  };
}

/** The connection of execd below its part for isolated sessions, or below one session of it. */
export function createIsolatedConnection(connection: SandboxConnection, prefix?: string): SandboxConnection {
  const { api, cleanupApi } = connection;
  return { ...connection, api: createIsolatedApi(api, prefix), cleanupApi: createIsolatedApi(cleanupApi, prefix) };
}

/** The path of one session, below the root. */
export function sessionPath(id: string): string {
  return `/session/${encodeURIComponent(id)}`;
}

function mapUnsupported<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => throwError(() => (isUnavailable(error) ? unsupported(error) : error)));
}

function isUnavailable(error: unknown): error is ApiError {
  if (!isSandboxError(error) || !(error instanceof ApiError)) return false;
  return (
    (error.status === 404 && error.serverCode === undefined) ||
    (error.status === 503 && error.serverCode === "NOT_SUPPORTED")
  );
}

function unsupported(error: ApiError): ApiError {
  const { status, serverCode, requestId, attempts, body } = error;
  return new ApiError(
    "unsupported",
    { what: "Isolated sessions", detail: "this sandbox has none" },
    { status, serverCode, requestId, attempts, body, cause: error },
  );
}
