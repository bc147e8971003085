import { AsyncSubject, Subject, defer, map, share, startWith, switchMap, take, tap, type Observable } from "rxjs";
import type { Api, Endpoint, EndpointSource, ServerClock } from "@rxsandbox/transport";
import type { Access } from "../access.js";
import type { ControlPlane } from "../control-plane.js";
import { serverNow } from "../calls/server-now.js";
import { sandboxFate } from "../info/sandbox-fate.js";
import { attachCredentials } from "./attach-credentials.js";
import { parseEndpoint } from "./endpoint-address.js";

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
  /** Told about each header value that a server hands out, so that it never shows up in a message. */
  readonly onSecret?: (secret: string) => void;
}

/** The addresses of all sandboxes of one client. */
export interface EndpointDirectory {
  /** Where to send calls of this client: what {@link EndpointDirectory.look} gives, with the headers to send there. */
  source(sandboxId: string): EndpointSource;
  /** Emits the address as the server handed it out and completes; never with the tenant key. */
  look(sandboxId: string, port: number): Observable<Endpoint>;
  /** Emits a route signed until `expires`, in Unix seconds; asked for anew each time and not remembered. */
  sign(sandboxId: string, port: number, expires: number): Observable<Endpoint>;
  /** Forgets every address of a sandbox, for example because it was paused. */
  forget(sandboxId: string): void;
}

/**
 * Looks up endpoints and remembers them.
 *
 * Concurrent look-ups of one port share one request, which is aborted when the last of them unsubscribes. A failed look-up is not
 * remembered. One that is forgotten while under way is begun anew, for those who wait for it too: nobody gets an address that was asked
 * for before it was forgotten.
 * Bounds: 1024 sandboxes, the least recently used one goes first; 10 min per address, and 80 % of the life of a signed route.
 */
export function createEndpointDirectory(options: EndpointDirectoryOptions): EndpointDirectory {
  const sandboxes = new Map<string, Map<number, Lookup>>();

  function ports(sandboxId: string): Map<number, Lookup> {
    const known = sandboxes.get(sandboxId) ?? new Map<number, Lookup>();
    sandboxes.delete(sandboxId);
    sandboxes.set(sandboxId, known);
    for (const oldest of sandboxes.keys()) {
      if (sandboxes.size <= MAX_SANDBOXES) break;
      sandboxes.delete(oldest);
    }
    return known;
  }

  function look(sandboxId: string, port: number): Observable<Endpoint> {
    return defer(() => {
      const known = ports(sandboxId);
      const present = known.get(port);
      if (present !== undefined && present.staleAt() > Date.now()) return present.endpoint$;
      const found = startLookup(() => askFor(options, sandboxId, port), lifeMs(options.access));
      known.set(port, found);
      return found.endpoint$;
    });
  }

  return {
    look,
    sign: (sandboxId, port, expires) => defer(() => ask(options, sandboxId, port, "signed", expires)),
    source: (sandboxId) => {
      const fate$ = sandboxFate(options.api, sandboxId);
      return {
        resolve: (port) => look(sandboxId, port).pipe(map((endpoint) => attachCredentials(endpoint, options.sandboxHeaders, options.controlPlane))),
        invalidate: (port) => sandboxes.get(sandboxId)?.get(port)?.forget(),
        readFate: () => fate$,
      };
    },
    forget: (sandboxId) => {
      for (const lookup of sandboxes.get(sandboxId)?.values() ?? []) lookup.forget();
    },
  };
}

interface Lookup {
  /** Milliseconds of the clock from which a new look-up takes its place; never while it is under way. */
  staleAt(): number;
  readonly endpoint$: Observable<Endpoint>;
  /** Begins anew what is under way; what has been found is stale from now on. */
  forget(): void;
}

function startLookup(request: () => Observable<Endpoint>, lifeMs: number): Lookup {
  const again = new Subject<void>();
  let startedAt = 0;
  let staleAt = Infinity;
  const attempt = defer(() => {
    startedAt = Date.now();
    staleAt = Infinity;
    return request();
  });
  return {
    staleAt: () => staleAt,
    endpoint$: again.pipe(
      startWith(undefined),
      switchMap(() => attempt),
      take(1),
      tap({ next: () => (staleAt = startedAt + lifeMs), error: () => (staleAt = 0) }),
      // An AsyncSubject gives the address when the call is over: who unsubscribes at the value then no longer aborts it for the others.
      share({ connector: () => new AsyncSubject(), resetOnComplete: false, resetOnError: true, resetOnRefCountZero: true }),
    ),
    forget: () => {
      staleAt = 0;
      again.next();
    },
  };
}

function lifeMs(access: Access): number {
  return typeof access === "string" ? CACHE_MS : Math.min(CACHE_MS, access.ttlSeconds * 1000 * SIGNED_LIFE);
}

function askFor(options: EndpointDirectoryOptions, sandboxId: string, port: number): Observable<Endpoint> {
  const { access, api, clock } = options;
  if (typeof access === "string") return ask(options, sandboxId, port, access, undefined);
  // Rounded up: rounded down, a short life might be over before it began.
  return serverNow(api, clock, sandboxId).pipe(switchMap((nowMs) => ask(options, sandboxId, port, access.kind, Math.ceil(nowMs / 1000 + access.ttlSeconds))));
}

function ask({ api, endpointProtocol, controlPlane, onSecret }: EndpointDirectoryOptions, sandboxId: string, port: number, kind: Endpoint["access"], expires: number | undefined): Observable<Endpoint> {
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
