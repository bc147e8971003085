import { AsyncSubject, defer, map, share, tap, type Observable } from "rxjs";
import type { Api, Endpoint, EndpointSource } from "@rxsandbox/transport";
import type { Access } from "../access.js";
import type { ControlPlane } from "../control-plane.js";
import { attachCredentials } from "./attach-credentials.js";
import { parseEndpoint } from "./endpoint-address.js";

const MAX_SANDBOXES = 1024;
const CACHE_MS = 600_000;

/** What a directory needs to know. */
export interface EndpointDirectoryOptions {
  /** Control plane; base ends in `/v1`. */
  readonly api: Api;
  readonly access: Access;
  readonly endpointProtocol: "http" | "https";
  readonly sandboxHeaders: Readonly<Record<string, string>>;
  readonly controlPlane: ControlPlane;
  /** Told about each header value that a server hands out, so that it never shows up in a message. */
  readonly onSecret?: (secret: string) => void;
}

/** The addresses of all sandboxes of one client. */
export interface EndpointDirectory {
  /** Where to send calls of this client: what {@link EndpointDirectory.look} gives, with the headers to send there. */
  source(sandboxId: string): EndpointSource;
  /** Emits the address as the server handed it out and completes; never with the tenant key. */
  look(sandboxId: string, port: number): Observable<Endpoint>;
  /** Forgets every address of a sandbox, for example because it was paused. */
  forget(sandboxId: string): void;
}

/**
 * Looks up endpoints and remembers them.
 *
 * Concurrent look-ups of one port share one request, which is aborted when the last of them unsubscribes. A failed look-up is not
 * remembered; one that was forgotten while under way still answers those who wait for it, but nobody later.
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
      if (present !== undefined && present.staleAt > Date.now()) return present.endpoint$;
      const found: Lookup = lookUp(options, sandboxId, port, () => known.get(port) === found && known.delete(port));
      known.set(port, found);
      return found.endpoint$;
    });
  }

  return {
    look,
    source: (sandboxId) => ({
      resolve: (port) => look(sandboxId, port).pipe(map((endpoint) => attachCredentials(endpoint, options.sandboxHeaders, options.controlPlane))),
      invalidate: (port) => void sandboxes.get(sandboxId)?.delete(port),
    }),
    forget: (sandboxId) => void sandboxes.delete(sandboxId),
  };
}

interface Lookup {
  readonly staleAt: number;
  readonly endpoint$: Observable<Endpoint>;
}

function lookUp({ api, access, endpointProtocol, controlPlane, onSecret }: EndpointDirectoryOptions, sandboxId: string, port: number, onError: () => void): Lookup {
  const kind = typeof access === "string" ? access : access.kind;
  const lifeMs = typeof access === "string" ? CACHE_MS : Math.min(CACHE_MS, access.ttlSeconds * 800);
  // The address of the proxy is the control plane's own, and so is its scheme (divergence L28).
  const scheme = kind === "proxy" ? (controlPlane.origin.startsWith("https:") ? "https" : "http") : endpointProtocol;
  const expires = typeof access === "string" ? undefined : Math.floor(Date.now() / 1000 + access.ttlSeconds);
  return {
    staleAt: Date.now() + lifeMs,
    endpoint$: api
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
        tap({
          next: (endpoint) => {
            for (const secret of Object.values(endpoint.headers)) onSecret?.(secret);
          },
          error: onError,
        }),
        // An AsyncSubject gives the address when the call is over: who unsubscribes at the value then no longer aborts it for the others.
        share({ connector: () => new AsyncSubject(), resetOnComplete: false, resetOnError: true, resetOnRefCountZero: true }),
      ),
  };
}
