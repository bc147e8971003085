import { join } from "node:path";
import { NO_RULES, type TrafficRules } from "./egress/sidecar.js";
import { type EgressPassage, type EgressProxy, startEgressProxy } from "./egress/traffic/egress-proxy.js";
import { PROXY_SOCKET } from "./shared/ports.js";
import { chooseDriver } from "./drivers/choose-driver.js";
import { execdWorkerPath } from "./drivers/execd-worker-path.js";
import type { SandboxDriver } from "./drivers/sandbox-driver.js";
import { controlPlane } from "./control-plane/http/control-plane.js";
import { closeServer, listenOnLoopback } from "./shared/listen-on-loopback.js";
import { isInContainer } from "./in-container.js";
import { lifecycleRoutes } from "./control-plane/lifecycle/lifecycle-routes.js";
import { sandboxRegistry } from "./control-plane/lifecycle/sandbox-registry.js";
import { watchStorage } from "./control-plane/lifecycle/storage-watch.js";
import { type SandboxSidecar, type SidecarRequest, startSidecar } from "./control-plane/lifecycle/sandbox-sidecar.js";
import { directListener } from "./control-plane/proxy/direct-listener.js";
import { endpointTokens } from "./control-plane/proxy/endpoint-tokens.js";
import { routeSignatures } from "./control-plane/proxy/route-signatures.js";
import { serverProxy } from "./control-plane/proxy/server-proxy.js";
import { ReferenceServerError } from "./shared/reference-server-error.js";
import { type ReferenceServerOptions, type ResolvedOptions, resolveOptions } from "./control-plane/server-options.js";
import { snapshotRegistry } from "./control-plane/snapshots/snapshot-registry.js";
import { makeRunDirectory, sweepRuns } from "./control-plane/state/run-directory.js";
import { makePrivateDirectory, removeServerState, writeServerState } from "./control-plane/state/server-state.js";

/** A running reference server. */
export interface ReferenceServer {
  /** Address of the control plane, `127.0.0.1:<port>`: what a client's `domain` takes. */
  readonly domain: string;
  /** The key of the lifecycle API. */
  readonly apiKey: string;
  /** Address of the direct endpoints, `127.0.0.1:<port>`. */
  readonly directAddress: string;
  readonly stateDir: string;
  /** The driver in use, with what it isolates and what it does not. */
  readonly driver: Pick<SandboxDriver, "name" | "network" | "isolates" | "doesNotIsolate">;
  /** Ends every sandbox, removes their directories and stops listening. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an OpenSandbox server on this machine: lifecycle API, execd and egress of every sandbox, over real processes.
 *
 * It listens on 127.0.0.1 only and runs what its clients send as this user; whoever has the key has the user's rights
 * as far as the driver lets them through. For development and tests, never for production.
 *
 * Errors: {@link ReferenceServerError} with `invalid-option`, `platform-unsupported`, `root-refused`,
 * `driver-unavailable`, `not-built` or `address-unavailable`.
 *
 * @example
 * const server = await startReferenceServer();
 * const headers = { "OPEN-SANDBOX-API-KEY": server.apiKey };
 * const response = await fetch(`http://${server.domain}/v1/sandboxes`, { headers });
 * response.status; // => 200
 * await server.close();
 */
export async function startReferenceServer(options: ReferenceServerOptions = {}): Promise<ReferenceServer> {
  const resolved = resolveOptions(options);
  refuseUnsafePlace(resolved);
  execdWorkerPath();
  try {
    makePrivateDirectory(resolved.stateDir);
  } catch (cause) {
    throw new ReferenceServerError("invalid-option", `invalid option stateDir: ${(cause as Error).message}`, { cause });
  }
  const sweptRuns = await sweepRuns(resolved.stateDir);
  if (sweptRuns > 0) resolved.onEvent({ type: "swept", runs: sweptRuns });
  const run = makeRunDirectory(resolved.stateDir);
  try {
    const driver = await chooseDriver(resolved, { stateDirectory: resolved.stateDir, runId: run.id });
    return await listen(resolved, driver, run);
  } catch (error) {
    run.remove();
    throw error;
  }
}

async function listen(
  options: ResolvedOptions,
  driver: SandboxDriver,
  run: ReturnType<typeof makeRunDirectory>,
): Promise<ReferenceServer> {
  const snapshots = snapshotRegistry({ options, runDirectory: run.directory });
  let egressProxy: Promise<EgressProxy> | undefined;
  const openPassage = async (
    rules: TrafficRules | undefined,
    socketDirectory: string,
  ): Promise<EgressPassage | undefined> => {
    if (driver.network === "shared" && rules === undefined) return undefined;
    egressProxy ??= startEgressProxy({ upstreams: options.upstreams });
    const { open, openOwn } = await egressProxy;
    return driver.network === "own"
      ? openOwn(rules ?? NO_RULES, join(socketDirectory, PROXY_SOCKET))
      : open(rules ?? NO_RULES);
  };
  const createSidecar = (request: SidecarRequest): SandboxSidecar => startSidecar(request, options);
  const registry = sandboxRegistry({ options, driver, run, snapshots, createSidecar, openPassage });
  const direct = await directListener({
    port: options.directPort,
    registry,
    tokens: endpointTokens(),
    signatures: options.signedRoutes ? routeSignatures() : undefined,
    clock: options.clock,
    hasDaemonRoot: !options.faults.includes("no-daemon-root"),
    guard: options,
    onThrow: (error) =>
      options.onEvent({
        type: "failure",
        what: "answering a direct request",
        message: error instanceof Error ? error.message : String(error),
      }),
  });
  const proxy = serverProxy(registry, options.profile);
  const server = controlPlane({ options, proxy, routes: lifecycleRoutes({ options, registry, direct, snapshots }) });
  try {
    await listenOnLoopback(server, options.port);
  } catch (error) {
    await closeServer(direct.server);
    throw error;
  }
  const address = server.address();
  const domain = `127.0.0.1:${typeof address === "object" ? address?.port : options.port}`;
  if (options.advertise) writeServerState(options.stateDir, { domain, apiKey: options.apiKey });
  const { name, network, isolates, doesNotIsolate } = driver;
  options.onEvent({ type: "started", domain, driver: name, network, isolates, doesNotIsolate });
  const stopWatch = watchStorage({
    stateDir: options.stateDir,
    reserveBytes: options.diskReserveBytes,
    sandboxes: () =>
      registry
        .all()
        .filter(({ phase }) => phase.kind === "running" || phase.kind === "paused")
        .map(({ id, limits }) => ({ id, directory: run.directoryOf(id), limitBytes: limits.storageBytes })),
    evict: (id, cause) => registry.evict(id, cause),
  });
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    stopWatch();
    removeServerState(options.stateDir, domain);
    await Promise.all([registry.close(), snapshots.close()]);
    // A proxy that did not start has nothing to end.
    await Promise.all([
      closeServer(server),
      closeServer(direct.server),
      egressProxy?.then(
        (started) => started.close(),
        () => undefined,
      ),
    ]);
    await driver.close();
    run.remove();
    options.onEvent({ type: "stopped" });
  };
  const close = (): Promise<void> => (closing ??= end());
  return {
    domain,
    apiKey: options.apiKey,
    directAddress: direct.address,
    stateDir: options.stateDir,
    driver: { name, network, isolates, doesNotIsolate },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function refuseUnsafePlace(options: ResolvedOptions): void {
  if (process.platform === "win32") {
    throw new ReferenceServerError(
      "platform-unsupported",
      "the reference server runs on Linux and macOS; on Windows use the client against another server",
    );
  }
  if (process.getuid?.() === 0 && !options.allowRoot && !isInContainer()) {
    throw new ReferenceServerError(
      "root-refused",
      "running as root would run every command as root: use another user, or allow it with allowRoot (--allow-root)",
    );
  }
}
