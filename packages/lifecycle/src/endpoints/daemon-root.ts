import { catchError, map, of, switchMap, type Observable } from "rxjs";
import { EXECD_PORT } from "@rxsandbox/protocol";
import { isSandboxError, type Api, type Endpoint } from "@rxsandbox/transport";
import { hasStatus } from "@rxsandbox/transport/calls";
import { ping } from "../calls/ping.js";
import { randomHex } from "../random-hex.js";

const OWN_PROXY = `/proxy/${EXECD_PORT}`;
const STATUS_TIMEOUT_MS = 2000;

/**
 * What asking for the daemon's root showed: the daemon is there; something else answered; or nobody did, or not now,
 * which may change.
 */
export type RootAnswer = "daemon" | "other" | "silent";

/**
 * Gives the address where the daemon itself may answer: a direct address that ends in `/proxy/44772` is the daemon's
 * proxy to itself (`execd.md` 7). `undefined` for any other: it has no such hop, or another party stands in front of
 * it.
 */
export function rootOf(endpoint: Endpoint): Endpoint | undefined {
  const { url, access } = endpoint;
  return access === "direct" && url.endsWith(OWN_PROXY)
    ? { ...endpoint, url: url.slice(0, -OWN_PROXY.length) }
    : undefined;
}

/**
 * Asks whether the daemon answers at an address, by two signs: the status of a command that nobody has started is
 * refused in the daemon's words, and `/ping` answers. Many a gateway answers any `/ping`, so the status is asked for
 * first, and the ping comes last: it also shows that the sandbox is ready.
 *
 * Emits one answer and completes; never errors. Bounds: two calls of at most 2 s each, never repeated.
 */
export function askRoot(root: Api): Observable<RootAnswer> {
  const status = {
    what: "Look for the daemon",
    method: "GET" as const,
    path: `/command/status/${randomHex()}`,
    timeoutMs: STATUS_TIMEOUT_MS,
    noRetry: true,
  };
  return root.empty(status).pipe(
    map((): RootAnswer => "other"),
    catchError((error: unknown) => of(knowsCommands(error) ? "daemon" : refused(error))),
    switchMap((answer) =>
      answer !== "daemon"
        ? of(answer)
        : ping(root).pipe(
            map(() => answer),
            catchError((error: unknown) => of(refused(error))),
          ),
    ),
  );
}

/** What the daemon says of a command that it does not know (`execd.md` 3.2). */
function knowsCommands(error: unknown): boolean {
  return hasStatus(error, 404) && error.serverMessage?.includes("command not found") === true;
}

function refused(error: unknown): RootAnswer {
  return isSandboxError(error) && error.retryable ? "silent" : "other";
}
