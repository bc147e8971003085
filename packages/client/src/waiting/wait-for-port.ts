import { Observable, catchError, concatMap, defer, map, of, throwError } from "rxjs";
import { InvalidArgumentError, SandboxError, isSandboxError } from "@rxsandbox/transport";
import {
  adaptiveDelay,
  integerFrom,
  oneOf,
  poll,
  readOptions,
  readSecondsAsMs,
  textWhere,
} from "@rxsandbox/transport/calls";
import { connectionOf, type HandleConnection } from "../sandbox-connection.js";
import type { Sandbox } from "../sandbox.js";
import { DEFAULT_WAIT_MS, PROBE_PACE, firstWithin, isNotYet, type Probing, type WaitOptions } from "./wait-options.js";

/** Options of {@link waitForPort}. */
export interface WaitForPortOptions extends WaitOptions {
  /**
   * `"tcp"`, when absent: a process listens on the port, seen from inside the sandbox. `"http"`: an HTTP server answers
   * there, seen from here.
   */
  readonly kind?: "tcp" | "http";
  /** Path that `"http"` asks for; `/` when absent. */
  readonly path?: string;
}

/** One answer to the probe of a port may take so long. */
const ANSWER_MS = 5000;

/**
 * Emits once a port of the sandbox is open, and completes.
 *
 * Producer: each subscription probes until the first success. `"tcp"` runs one shell command in the sandbox, which
 * looks into `/proc/net/tcp` five times a second and ends when a socket listens on the port on any address, and follows
 * it; it makes no connection to the port, except where there is no `/proc`. `"http"` asks for `path` at the address of
 * the port, as `getEndpoint` gives it, after pauses of 100 ms to 2 s; every answer of the program below 500 is a
 * success, since it shows that the program answers. Errors that may pass mean "not yet". Errors: `timeout` after
 * `timeoutSeconds`, with the last reason as its cause; `not-found` (a `SandboxGoneError`) when the sandbox is gone;
 * `execution-failed` when the probe cannot run; other API errors, at once. Unsubscribe ends the wait, and the command.
 * In browsers `"http"` sees only servers that allow the page's origin.
 *
 * @example
 * const program = "require('http').createServer((request, response) => response.end('hello')).listen(8123)";
 * const server = sandbox.commands.run(`exec node -e "${program}"`);
 * const serving = server.subscribe({ error: () => undefined });
 * await lastValueFrom(waitForPort(sandbox, 8123, { kind: "http" }));
 * serving.unsubscribe();
 */
export function waitForPort(sandbox: Sandbox, port: number, options: WaitForPortOptions = {}): Observable<void> {
  const connection = connectionOf(sandbox);
  integerFrom(1, 65_535)("port", port);
  const {
    kind = "tcp",
    path,
    timeoutSeconds: timeoutMs = DEFAULT_WAIT_MS,
  } = readOptions(options, {
    kind: oneOf("tcp", "http"),
    path: textWhere((text) => /^\/[^?#]*$/.test(text), "must begin with / and have no query"),
    timeoutSeconds: readSecondsAsMs,
  });
  if (path !== undefined && kind === "tcp") throw new InvalidArgumentError("path", 'needs kind: "http"');
  const what = `Wait for port ${port}`;
  return defer(() => {
    const probing: Probing = {};
    const open =
      kind === "tcp"
        ? listens(sandbox, port, timeoutMs, probing)
        : answers(connection, port, path ?? "/", what, probing);
    return firstWithin(open, { what, timeoutMs, probing });
  });
}

/** One command that ends when the port is open; following it survives lost connections. */
function listens(sandbox: Sandbox, port: number, timeoutMs: number, probing: Probing): Observable<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  // The second column is the local address, the fourth the state: 0A is LISTEN.
  const listed = `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q '^ *[0-9]*: [0-9A-F]*:${hex} [0-9A-F:]* 0A '`;
  const connected = `(: </dev/tcp/127.0.0.1/${port}) 2>/dev/null`;
  const command = `if [ -r /proc/net/tcp ]; then until ${listed}; do sleep 0.2; done; else until ${connected}; do sleep 0.2; done; fi`;
  // Where nobody can end it any more, it ends by itself.
  const events = sandbox.commands.follow(command, { timeoutSeconds: timeoutMs / 1000 + 60 });
  return events.pipe(
    concatMap((event) => {
      if (event.type === "reconnecting") probing.cause = event.cause;
      if (event.type !== "end") return [];
      if (event.end.kind === "exited" && event.end.exitCode === 0) return of(undefined);
      const detail = "the command that looks for listening sockets did not run to its end";
      return throwError(() => new SandboxError("execution-failed", { what: `Wait for port ${port}`, detail }));
    }),
  );
}

function answers(
  connection: HandleConnection,
  port: number,
  path: string,
  what: string,
  probing: Probing,
): Observable<void> {
  const api = connection.portApi(port);
  const ask = (): Observable<boolean> =>
    api.request({ what, method: "GET", path, noRetry: true, timeoutMs: ANSWER_MS }).pipe(
      map(() => true),
      catchError((error: unknown) => {
        if (isAnswerOfProgram(error)) return of(true);
        return isNotYet(probing, error, ({ status = 0 }) => status >= 500) ? of(false) : throwError(() => error);
      }),
    );
  return poll(connection, ask, {
    delayMs: ({ elapsedMs }) => adaptiveDelay(PROBE_PACE, elapsedMs),
    isLast: (isOpen) => isOpen,
  }).pipe(concatMap((isOpen) => (isOpen ? of(undefined) : [])));
}

/** A refusal or a redirect comes from the program, unless it carries a code of the lifecycle server. */
function isAnswerOfProgram(error: unknown): boolean {
  if (!isSandboxError(error) || error.status === undefined || error.status >= 500) return false;
  const { serverCode, status } = error;
  return serverCode === undefined || !(serverCode.includes("::") || status === 401 || status === 403);
}
