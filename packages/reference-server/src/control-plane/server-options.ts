import { randomBytes } from "node:crypto";
import { isAbsolute } from "node:path";
import { type Clock, systemClock } from "../shared/clock.js";
import { readHostAndPort } from "../egress/traffic/host-and-port.js";
import { ReferenceServerError } from "../shared/reference-server-error.js";
import type { ServerEvent } from "./server-event.js";
import { isKnownFault, type ServerFault } from "./server-faults.js";
import { defaultStateDir } from "./state/server-state.js";

/** Options of {@link startReferenceServer}; everything has a safe default. */
export interface ReferenceServerOptions {
  /** Port of the control plane on 127.0.0.1; 0, the default, picks a free one. */
  readonly port?: number;
  /** Port of the direct endpoints on 127.0.0.1; 0, the default, picks a free one. */
  readonly directPort?: number;
  /** `opensandbox` (default) behaves like the recorded server, `spec` like the written specification. */
  readonly profile?: "opensandbox" | "spec";
  /** `auto` (default) uses namespaces where the machine allows them, else processes. */
  readonly driver?: "auto" | "namespace" | "process";
  /**
   * `own` gives each sandbox a network of its own, out of which only the egress proxy leads; `shared` lets all use this
   * machine's network, its loopback services included. `auto` (default) is `own` where the namespace driver is used and
   * the kernel allows it, else `shared`.
   */
  readonly network?: "auto" | "own" | "shared";
  /** Directory of the server's state (0700); default `$XDG_STATE_HOME/rxsandbox` or `~/.local/state/rxsandbox`. */
  readonly stateDir?: string | undefined;
  /** Writes the state file by which {@link readServerState} finds the server; default true. */
  readonly advertise?: boolean;
  /** The key of the lifecycle API; a random one by default. At least 16 characters, no white space. */
  readonly apiKey?: string;
  /** Lets the server run as root outside a container; default false. */
  readonly allowRoot?: boolean;
  /** Milliseconds a command's answer stays open after its terminal event; default 1000 (`divergences.md` X05). */
  readonly tailMs?: number;
  /** How execd frames its events; default `bare` in profile `opensandbox`, `sse` in profile `spec`. */
  readonly framing?: "bare" | "sse";
  /** Directories of the host that `host` volumes may use, and what is below them; default none. */
  readonly allowedHostPaths?: readonly string[];
  /**
   * Origins of pages that may call the server, such as `http://localhost:5173`; default none. `null` is never allowed.
   */
  readonly allowedOrigins?: readonly string[];
  /** Values of `Host` besides the server's own address, for a reverse proxy on this machine; default none. */
  readonly allowedHosts?: readonly string[];
  /**
   * Hands out signed routes (`lifecycle.md` 5.1) as a gateway does; default false, as on the recorded runtime, where
   * `expires` is refused.
   */
  readonly signedRoutes?: boolean;
  /**
   * Where the egress proxy of sandboxes finds names that live elsewhere, `{ "api.example.com": "127.0.0.1:8081" }`;
   * default none. For tests without a network.
   */
  readonly upstreams?: Readonly<Record<string, string>>;
  /**
   * Milliseconds for which requests of a sandbox may still get a vault that has changed since; default 500 in profile
   * `opensandbox`, as with a real sidecar (`egress.md` 4.8), and 0 in profile `spec`.
   */
  readonly vaultCacheMs?: number;
  /** Longest time to live of a sandbox in seconds; default unlimited. */
  readonly maxTimeoutSeconds?: number;
  /**
   * Processes and threads that one sandbox may have, where the machine lets the server limit them; default 1024. At
   * least 64.
   */
  readonly maxProcesses?: number;
  /**
   * Bytes that stay free on the disk of the state directory: below, the largest sandbox is evicted. Default 512 MiB, or
   * 2 % of a smaller disk; 0 evicts nobody.
   */
  readonly diskReserveBytes?: number;
  /** Faults by name; default none. */
  readonly faults?: readonly ServerFault[];
  /** The server's clock; default the machine's. */
  readonly clock?: Clock;
  /** Called with everything that happens. It must not throw. */
  readonly onEvent?: (event: ServerEvent) => void;
}

/** {@link ReferenceServerOptions} with every default filled in. */
export type ResolvedOptions = Required<
  Omit<ReferenceServerOptions, "maxTimeoutSeconds" | "diskReserveBytes" | "stateDir">
> &
  Pick<ReferenceServerOptions, "maxTimeoutSeconds" | "diskReserveBytes"> & { readonly stateDir: string };

/** How long the interception of a real sidecar uses a vault that it has read (`egress.md` 4.8). */
const INTERCEPTION_CACHE_MS = 500;

/** Checks the options and fills in the defaults. */
export function resolveOptions(options: ReferenceServerOptions): ResolvedOptions {
  const profile = options.profile ?? "opensandbox";
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    directPort: options.directPort ?? 0,
    profile,
    driver: options.driver ?? "auto",
    network: options.network ?? "auto",
    stateDir: options.stateDir ?? defaultStateDir(),
    advertise: options.advertise ?? true,
    apiKey: options.apiKey ?? randomBytes(24).toString("base64url"),
    allowRoot: options.allowRoot ?? false,
    tailMs: options.tailMs ?? 1000,
    framing: options.framing ?? (profile === "spec" ? "sse" : "bare"),
    allowedHostPaths: options.allowedHostPaths ?? [],
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts ?? [],
    signedRoutes: options.signedRoutes ?? false,
    vaultCacheMs: options.vaultCacheMs ?? (profile === "spec" ? 0 : INTERCEPTION_CACHE_MS),
    maxProcesses: options.maxProcesses ?? 1024,
    faults: options.faults ?? [],
    upstreams: Object.fromEntries(
      Object.entries(options.upstreams ?? {}).map(([name, address]) => [name.toLowerCase(), address]),
    ),
    clock: options.clock ?? systemClock,
    onEvent: options.onEvent ?? (() => {}),
    ...(options.diskReserveBytes === undefined ? {} : { diskReserveBytes: options.diskReserveBytes }),
    ...(options.maxTimeoutSeconds === undefined ? {} : { maxTimeoutSeconds: options.maxTimeoutSeconds }),
  };
  for (const name of ["port", "directPort"] as const) {
    if (!Number.isInteger(resolved[name]) || resolved[name] < 0 || resolved[name] > 65535)
      refuse(name, "a port number or 0");
  }
  for (const name of ["tailMs", "vaultCacheMs"] as const) {
    if (!Number.isFinite(resolved[name]) || resolved[name] < 0) refuse(name, "a number of milliseconds, 0 or more");
  }
  if (!Number.isSafeInteger(resolved.maxProcesses) || resolved.maxProcesses < 64)
    refuse("maxProcesses", "an integer, 64 or more");
  if (resolved.diskReserveBytes !== undefined && !(resolved.diskReserveBytes >= 0))
    refuse("diskReserveBytes", "a number of bytes, 0 or more");
  if (resolved.apiKey.length < 16 || /\s/.test(resolved.apiKey))
    refuse("apiKey", "at least 16 characters without white space");
  if (!isAbsolute(resolved.stateDir)) refuse("stateDir", "an absolute path");
  for (const address of Object.values(resolved.upstreams))
    if (readHostAndPort(address, 80) === undefined) refuse("upstreams", "addresses as host or host:port");
  for (const path of resolved.allowedHostPaths) if (!isAbsolute(path)) refuse("allowedHostPaths", "absolute paths");
  for (const name of resolved.faults)
    if (!isKnownFault(name)) refuse("faults", `names of faults, not ${JSON.stringify(name)}`);
  if (resolved.allowedOrigins.includes("null"))
    refuse("allowedOrigins", "origins of web pages, and not null, which every page can send");
  return resolved;
}

function refuse(name: string, wanted: string): never {
  throw new ReferenceServerError("invalid-option", `invalid option ${name}: expected ${wanted}`);
}
