import { defer, map, switchMap, tap, type Observable } from "rxjs";
import { EXECD_PORT } from "@rxsandbox/protocol";
import type { Api, Endpoint, ServerClock } from "@rxsandbox/transport";
import type { Access } from "../access.js";
import type { ControlPlane } from "../control-plane.js";
import { serverNow } from "../calls/server-now.js";
import { sandboxFate } from "../info/sandbox-fate.js";
import { attachCredentials } from "./attach-credentials.js";
import { parseEndpoint } from "./endpoint-address.js";
import { findDaemon, type FoundDaemon } from "./find-daemon.js";
import { remembered, type Remembered } from "./remembered.js";
import { createSandboxEndpoints, type SandboxEndpoints } from "./sandbox-endpoints.js";

const MAX_SANDBOXES = 1024;
const CACHE_MS = 600_000;
/** A signed route is looked up again when this part of its life is over. */
const SIGNED_LIFE = 0.8;

/** What a directory needs to know. */
export interface EndpointDirectoryOptions {
  /** Control plane; base ends in `/v1`. */
  readonly api: Api;
  readonly access: Access;
  readonly endpointProtocol: "http" | "https";
  readonly sandboxHeaders: Readonly<Record<string, string>>;
  readonly controlPlane: ControlPlane;
  readonly clock: ServerClock;
  /** Builds the API of one address, to look for the daemon's root there; absent means that no root is looked for. */
  readonly probeApi?: ((endpoint: Endpoint) => Api) | undefined;
  /** Told about each header value that a server hands out, so that it never shows up in a message. */
  readonly onSecret?: (secret: string) => void;
}

/** The addresses of all sandboxes of one client. */
export interface EndpointDirectory {
  /** Where to send calls of this client: what {@link EndpointDirectory.look} gives, with the headers to send there. */
  source(sandboxId: string): SandboxEndpoints;
  /** Emits the address as the server handed it out and completes; never with the tenant key. */
  look(sandboxId: string, port: number): Observable<Endpoint>;
  /** Emits a route signed until `expires`, in Unix seconds; asked for again each time and not remembered. */
  sign(sandboxId: string, port: number, expires: number): Observable<Endpoint>;
  /** Forgets every address of a sandbox, for example because it was paused. */
  forget(sandboxId: string): void;
}

/**
 * Looks up endpoints and remembers them.
 *
 * Concurrent look-ups of one port share one request, which is aborted when the last of them unsubscribes. A failed
 * look-up is not remembered. An address that is forgotten during its look-up is looked up again, also for current
 * subscribers: nobody gets an address from before it was forgotten. Bounds: 1024 sandboxes, the least recently used one
 * goes first; 10 min per address, and 80 % of the life of a signed route.
 */
export function createEndpointDirectory(options: EndpointDirectoryOptions): EndpointDirectory {
  const sandboxes = new Map<string, KnownSandbox>();

  function known(sandboxId: string): KnownSandbox {
    const sandbox = sandboxes.get(sandboxId) ?? { ports: new Map<number, Remembered<Endpoint>>() };
    sandboxes.delete(sandboxId);
    sandboxes.set(sandboxId, sandbox);
    for (const oldest of sandboxes.keys()) {
      if (sandboxes.size <= MAX_SANDBOXES) break;
      sandboxes.delete(oldest);
    }
    return sandbox;
  }

  function lookup(sandboxId: string, port: number): Remembered<Endpoint> {
    const { ports } = known(sandboxId);
    const present = ports.get(port);
    if (present !== undefined && present.staleAt() > Date.now()) return present;
    const found = remembered(
      () => askFor(options, sandboxId, port),
      (_, startedAt) => startedAt + lifeMs(options.access),
    );
    ports.set(port, found);
    return found;
  }

  function daemonOf(sandboxId: string): Remembered<FoundDaemon> {
    const sandbox = known(sandboxId);
    if (sandbox.daemon === undefined || sandbox.daemon.staleAt() <= Date.now()) {
      const find = (): Observable<FoundDaemon> =>
        findDaemon(lookup(sandboxId, EXECD_PORT), (root) => options.probeApi?.(withCredentials(root)));
      sandbox.daemon = remembered(find, ({ goodUntil }) => goodUntil);
    }
    return sandbox.daemon;
  }

  const look = (sandboxId: string, port: number): Observable<Endpoint> => defer(() => lookup(sandboxId, port).value$);
  const withCredentials = (endpoint: Endpoint): Endpoint =>
    attachCredentials(endpoint, options.sandboxHeaders, options.controlPlane);

  return {
    look,
    sign: (sandboxId, port, expires) => defer(() => ask(options, sandboxId, port, "signed", expires)),
    source: (sandboxId) => {
      const resolve = (port: number): Observable<Endpoint> => look(sandboxId, port).pipe(map(withCredentials));
      const invalidate = (port: number): void => {
        const sandbox = sandboxes.get(sandboxId);
        sandbox?.ports.get(port)?.forget();
        if (port === EXECD_PORT) sandbox?.daemon?.forget();
      };
      const fate$ = sandboxFate(options.api, sandboxId);
      const search = {
        find: () => defer(() => daemonOf(sandboxId).value$),
        doubt: () => sandboxes.get(sandboxId)?.daemon?.forget(),
      };
      return createSandboxEndpoints({ resolve, invalidate, readFate: () => fate$ }, search, withCredentials);
    },
    forget: (sandboxId) => {
      const sandbox = sandboxes.get(sandboxId);
      for (const address of sandbox?.ports.values() ?? []) address.forget();
      sandbox?.daemon?.forget();
    },
  };
}

/** What a directory remembers of one sandbox. */
interface KnownSandbox {
  readonly ports: Map<number, Remembered<Endpoint>>;
  daemon?: Remembered<FoundDaemon>;
}

function lifeMs(access: Access): number {
  return typeof access === "string" ? CACHE_MS : Math.min(CACHE_MS, access.ttlSeconds * 1000 * SIGNED_LIFE);
}

function askFor(options: EndpointDirectoryOptions, sandboxId: string, port: number): Observable<Endpoint> {
  const { access, api, clock } = options;
  if (typeof access === "string") return ask(options, sandboxId, port, access, undefined);
  // Rounded up: rounded down, a short life might be over before it began.
  return serverNow(api, clock, sandboxId).pipe(
    switchMap((nowMs) => ask(options, sandboxId, port, access.kind, Math.ceil(nowMs / 1000 + access.ttlSeconds))),
  );
}

function ask(
  { api, endpointProtocol, controlPlane, onSecret }: EndpointDirectoryOptions,
  sandboxId: string,
  port: number,
  kind: Endpoint["access"],
  expires: number | undefined,
): Observable<Endpoint> {
  // The address of the proxy is the control plane's own, and so is its scheme (divergence L28).
  const scheme = kind === "proxy" ? (controlPlane.origin.startsWith("https:") ? "https" : "http") : endpointProtocol;
  return api
    .json(
      {
        what: "Look up endpoint",
        method: "GET",
        path: `/sandboxes/${encodeURIComponent(sandboxId)}/endpoints/${port}`,
        query: { use_server_proxy: kind === "proxy" ? true : undefined, expires },
      },
      (value) => parseEndpoint(value, scheme, kind),
    )
    .pipe(
      tap((endpoint) => {
        for (const secret of Object.values(endpoint.headers)) onSecret?.(secret);
      }),
    );
}
