import { map, of, tap, timer, type Observable } from "rxjs";
import {
  createApi,
  createRedactor,
  createScope,
  type AccessPath,
  type ClientEvent,
  type ReadFate,
  type RetryOptions,
  type Scope,
} from "@rxsandbox/transport";
import { createTestTransport, type RouteScript, type TestTransport } from "@rxsandbox/testkit";
import { createExecution, type ExecutionApi } from "../execution-api.js";
import { createConnection, type SandboxConnection } from "@rxsandbox/transport/calls";

export interface ScriptedExecd {
  readonly execution: ExecutionApi;
  /** What it was built on. */
  readonly context: SandboxConnection;
  readonly transport: TestTransport;
  readonly scope: Scope;
  readonly events: readonly ClientEvent[];
  /** Method and path with query of every call, in order. */
  sent(): readonly string[];
  cleanupFailures(): readonly ClientEvent[];
}

export interface ScriptedExecdOptions {
  readonly url?: string;
  readonly access?: AccessPath;
  readonly connectionClose?: boolean;
  readonly maxEventBytes?: number;
  readonly sandboxId?: string;
  /** Milliseconds that the first look-up of the address takes; none when absent. */
  readonly resolveMs?: number;
  /** Never repeats when absent. */
  readonly retry?: RetryOptions;
  /** What is known of the sandbox when a call is lost or a stream says nothing; nothing when absent. */
  readonly readFate?: ReadFate;
  /** Plays what needs no waiting inside `subscribe`. */
  readonly sync?: boolean;
}

/** The execution API over a scripted daemon in memory. */
export function scriptedExecd(
  script: Readonly<Record<string, RouteScript>>,
  options: ScriptedExecdOptions = {},
): ScriptedExecd {
  const {
    url = "http://sandbox.test/base",
    access = "direct",
    connectionClose = true,
    maxEventBytes,
    sandboxId,
    resolveMs,
    retry = false,
    readFate,
    sync = false,
  } = options;
  const transport = createTestTransport(script, { sync });
  const events: ClientEvent[] = [];
  const observer = { next: (event: ClientEvent) => void events.push(event) };
  const scope = createScope({ events: observer });
  const endpoint = { url, headers: {}, access };
  let isResolved = resolveMs === undefined;
  // As an endpoint directory does: looked up once.
  const target = (): Observable<typeof endpoint> =>
    isResolved
      ? of(endpoint)
      : timer(resolveMs ?? 0).pipe(
          tap(() => (isResolved = true)),
          map(() => endpoint),
        );
  const api = createApi({
    transport,
    target,
    readFate,
    requestTimeoutMs: 30_000,
    retry,
    redact: createRedactor([]),
    events: observer,
  });
  const capabilities = { ...transport.capabilities, connectionClose };
  const context = createConnection({ api, scope, sandboxId, capabilities, maxEventBytes });
  return {
    execution: createExecution(context),
    context,
    transport,
    scope,
    events,
    sent: () => transport.requests.map(({ method, url: sentUrl }) => `${method} ${sentUrl.slice(url.length)}`),
    cleanupFailures: () => events.filter(({ type }) => type === "cleanup-failed"),
  };
}
