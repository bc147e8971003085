import { catchError, filter, map, of, take } from "rxjs";
import { createEgress } from "@rxsandbox/egress";
import { createExecution, createIsolation } from "@rxsandbox/execution";
import { createFiles } from "@rxsandbox/files";
import type { Lifecycle, ReadyOptions as InfoReadyOptions, SandboxEndpoints, SandboxInfo } from "@rxsandbox/lifecycle";
import { EGRESS_PORT, EXECD_PORT } from "@rxsandbox/protocol";
import type { Api, EndpointSource, Scope, Sockets, TransportCapabilities } from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { lease } from "./lease.js";
import { keepConnection } from "./sandbox-connection.js";
import type { ReadyOptions } from "./sandbox-options.js";
import type { Sandbox } from "./sandbox.js";

/** What every sandbox of one client shares. */
export interface ClientConnection {
  readonly lifecycle: Lifecycle;
  readonly scope: Scope;
  readonly sandboxApi: (source: EndpointSource, port: number) => Api;
  readonly sandboxSockets: (source: EndpointSource, port: number) => Sockets;
  readonly capabilities: TransportCapabilities;
  readonly vaultSettleMs: number | undefined;
  readonly maxEventBytes: number | undefined;
  /** Makes a secret known that came up later. */
  readonly onSecret: (secret: string) => void;
  /** False when the client never repeats anything. */
  readonly isRepeating: boolean;
}

/** Builds the handle of a sandbox; sends nothing. */
export function createSandboxHandle(
  shared: ClientConnection,
  id: string,
  endpoints: SandboxEndpoints = shared.lifecycle.endpoints(id),
): Sandbox {
  const { lifecycle, scope, sandboxApi, sandboxSockets, capabilities, maxEventBytes, onSecret } = shared;
  const { isRepeating, vaultSettleMs } = shared;
  const connection = createConnection({
    api: sandboxApi(endpoints.daemon, EXECD_PORT),
    foregroundApi: sandboxApi(endpoints, EXECD_PORT),
    sockets: sandboxSockets(endpoints.daemon, EXECD_PORT),
    scope,
    sandboxId: id,
    capabilities,
    maxEventBytes,
  });
  const execution = createExecution(connection);
  const sidecar = createConnection({ api: sandboxApi(endpoints, EGRESS_PORT), scope, onSecret });
  const egress = createEgress(sidecar, { vaultSettleMs, ...(!isRepeating && { vaultReadyTimeoutMs: 0 }) });
  const reach = scope.guard(endpoints.reach(connection.cleanupApi));
  const sandbox: Sandbox = {
    id,
    commands: execution.commands,
    code: execution.code,
    isolation: createIsolation(connection, createFiles),
    files: createFiles(connection),
    createSession: execution.createSession,
    attachSession: execution.attachSession,
    session: execution.attachSession,
    withSession: execution.withSession,
    terminals: execution.terminals,
    getMetrics: execution.getMetrics,
    watchMetrics: execution.watchMetrics,
    getEgressPolicy: egress.getEgressPolicy,
    patchEgressRules: egress.patchEgressRules,
    deleteEgressRules: egress.deleteEgressRules,
    watchEgressPolicy: egress.watchEgressPolicy,
    credentialVault: egress.credentialVault,
    getInfo: () => lifecycle.getInfo(id),
    patchMetadata: (patch) => lifecycle.patchMetadata(id, patch),
    renew: (timeoutSeconds) => lifecycle.renew(id, timeoutSeconds),
    lease: (options) => lease({ id, renew: (timeoutSeconds) => lifecycle.renew(id, timeoutSeconds) }, options),
    pause: () => lifecycle.pause(id),
    resume: (options = {}) =>
      lifecycle
        .resumeAndConnect(id, withHandle(shared, options))
        .pipe(map((info) => createSandboxHandle(shared, info.id))),
    kill: () => lifecycle.ensureKilled(id),
    ping: () => reach,
    isHealthy: () =>
      reach.pipe(
        map(() => true),
        // The question is answered by any error: whoever needs the cause calls ping.
        catchError(() => of(false)),
      ),
    waitUntilReady: (options = {}) =>
      lifecycle.waitUntilReady(id, withHandle(shared, options)).pipe(
        filter(({ phase }) => phase === "ready"),
        take(1),
        map(() => undefined),
      ),
    getEndpoint: (port) => lifecycle.getEndpoint(id, port),
    getEndpointUrl: (port) => lifecycle.getEndpointUrl(id, port),
    getSignedEndpoint: (port, expires) => lifecycle.getSignedEndpoint(id, port, expires),
    createSnapshot: (options) => lifecycle.snapshots.create(id, options),
    snapshot: (options) => lifecycle.snapshots.take(id, options),
    diagnostics: lifecycle.diagnostics(id),
  };
  return keepConnection(sandbox, { ...connection, portApi: (port) => sandboxApi(endpoints, port) });
}

/** The same options with a health check that gets the info, where the caller's gets the handle. */
export function withHandle<O extends ReadyOptions>(shared: ClientConnection, options: O): ForInfo<O> {
  // Anything but an object with a function in it goes through as it is: lifecycle refuses it by name.
  const healthCheck: unknown = (options as O | null | undefined)?.healthCheck;
  if (typeof healthCheck !== "function") return options as unknown as ForInfo<O>;
  const check = healthCheck as NonNullable<ReadyOptions["healthCheck"]>;
  return { ...options, healthCheck: (info: SandboxInfo) => check(createSandboxHandle(shared, info.id)) };
}

type ForInfo<O> = Omit<O, "healthCheck"> & Pick<InfoReadyOptions<SandboxInfo>, "healthCheck">;
