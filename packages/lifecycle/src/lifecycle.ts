import { concat, defer, finalize, ignoreElements, map, switchMap, throwError, type Observable } from "rxjs";
import { EXECD_PORT, type WireCreateSandboxRequest } from "@rxsandbox/protocol";
import {
  SandboxError,
  readPathId,
  type Api,
  type Endpoint,
  type EndpointSource,
  type Scope,
  type ServerClock,
} from "@rxsandbox/transport";
import {
  completeInBackground,
  createConnection,
  integerFrom,
  readFlag,
  readOptions,
  readPositive,
} from "@rxsandbox/transport/calls";
import type { Access } from "./access.js";

import { getInfo, patchMetadata, resumeSandbox } from "./calls/sandbox-calls.js";
import { ensureKilled, killSandbox } from "./calls/kill.js";
import { pauseSandbox } from "./calls/pause.js";
import { renewSandbox } from "./calls/renew.js";
import type { ControlPlane } from "./control-plane.js";
import type { CreateOptions } from "./create/create-options.js";
import { readCreateOptions } from "./create/create-request.js";
import { readMetadataPatch } from "./create/metadata.js";
import { secretsOfVolumes } from "./create/volumes.js";
import { provision, type ProvisionProgress } from "./create/provision.js";
import { createDiagnostics, type Diagnostics } from "./diagnostics/diagnostics.js";
import { attachCredentials } from "./endpoints/attach-credentials.js";
import { createEndpointDirectory } from "./endpoints/endpoint-directory.js";
import { createFixedEndpoints } from "./endpoints/fixed-endpoints.js";
import type { SandboxEndpoints } from "./endpoints/sandbox-endpoints.js";
import type { SandboxInfo } from "./info/sandbox-info.js";
import { listAll, listPage, type SandboxPage } from "./list/list-sandboxes.js";
import { readListFilter, readListOptions, type ListFilter, type ListOptions } from "./list/list-options.js";
import { createProbeLimit } from "./readiness/probe-limit.js";
import { readyReads, type ReadyOptions } from "./readiness/ready-options.js";
import { waitUntilReady, type ReadyProgress, type ReadySubject } from "./readiness/wait-until-ready.js";
import { countdown } from "./watch/expiry.js";
import { createWatches } from "./watch/watches.js";
import { createSnapshots, type Snapshots } from "./snapshots/snapshots.js";

const MAX_CONCURRENT_PROBES = 16;
const DEFAULT_CREATE_TIMEOUT_MS = 300_000;

/** What the lifecycle of sandboxes is built on. */
export interface LifecycleConnection {
  /**
   * The control plane; base ends in `/v1`. Not guarded by `scope`: clean-ups use it while the client closes. Every call
   * of {@link Lifecycle} is guarded.
   */
  readonly api: Api;
  readonly scope: Scope;
  /** Builds the API of one port of one sandbox, not guarded either; used for pings. */
  readonly sandboxApi: (source: EndpointSource, port: number) => Api;
  /**
   * Builds the API of one address, not guarded either, to look for the daemon's root there; absent means that no root
   * is looked for.
   */
  readonly probeApi?: (endpoint: Endpoint) => Api;
  readonly controlPlane: ControlPlane;
  /** The clock of the control plane, which `api` sets; absent, the one of this machine. */
  readonly clock?: ServerClock;
  /** `direct` when absent. */
  readonly access?: Access;
  /** Scheme of direct and signed addresses, which come without one; that of the control plane when absent. */
  readonly endpointProtocol?: "http" | "https";
  /** Sent to every sandbox port. */
  readonly sandboxHeaders?: Readonly<Record<string, string>>;
  /** Milliseconds for the create request; 300 s when absent, since a real server pulls the image meanwhile. */
  readonly createTimeoutMs?: number;
  /** Told about each secret that comes up later than the client's own: passwords of a create, tokens of an endpoint. */
  readonly onSecret?: (secret: string) => void;
}

/**
 * Sandboxes by id. Each call is cold: nothing is sent before subscribe, each subscription does the work once more; a
 * wrong argument throws at the call.
 */
export interface Lifecycle {
  /**
   * Creates a sandbox and emits its info once it is ready; unsubscribing before that kills it, afterwards it is the
   * caller's.
   */
  create(options: CreateOptions<SandboxInfo>): Observable<SandboxInfo>;
  /** The same with its progress as values. */
  provision(options: CreateOptions<SandboxInfo>): Observable<ProvisionProgress>;
  /** Emits the info of a sandbox that exists, once it is ready; `Paused` fails with `invalid-state`. Never kills. */
  connect(id: string, options?: ConnectOptions<SandboxInfo>): Observable<SandboxInfo>;
  /** Resumes a paused sandbox and emits its info once it is ready. Never kills. */
  resumeAndConnect(id: string, options?: ConnectOptions<SandboxInfo>): Observable<SandboxInfo>;
  /** Probes until the sandbox answers; ends with `ready`. */
  waitUntilReady(id: string, options?: ReadyOptions<SandboxInfo>): Observable<ReadyProgress>;
  getInfo(id: string): Observable<SandboxInfo>;
  /** Emits one page. */
  list(options?: ListOptions): Observable<SandboxPage>;
  /** Emits every sandbox, page after page; completes after the last. */
  listAll(filter?: ListFilter): Observable<SandboxInfo>;
  /**
   * Emits the info of a sandbox now and after each change.
   *
   * Producer: all watches of one client share one poll, with one request per watched sandbox or one per page of the
   * list, whichever is less. It looks every second while something changes, else every 5 s. Completes when the sandbox
   * is gone, after an info with the state `Terminated`. Errors: `not-found` when it never was; what the next look would
   * meet again, such as `unauthorized`; `closed`. Failures that pass are survived. Unsubscribe stops watching.
   */
  watch(id: string): Observable<SandboxInfo>;
  /**
   * Emits the sandboxes of a list now and after each change; one that did not change is the same object. Shares the
   * poll of {@link watch}. Never completes. Errors and unsubscribe as of {@link watch}. A sandbox that a list leaves
   * out is gone only when a GET says so.
   */
  watchAll(filter?: ListFilter): Observable<readonly SandboxInfo[]>;
  /**
   * Counts down to the expiry in whole seconds by the server's clock and completes after 0; `null` for one that never
   * expires. Sends nothing.
   */
  expiry(info: Pick<SandboxInfo, "expiresAt">): Observable<number | null>;
  /** Emits the new expiry: the server's clock plus `timeoutSeconds`. */
  renew(id: string, timeoutSeconds: number): Observable<Date>;
  /** Emits when the server accepted it. */
  pause(id: string): Observable<void>;
  /** Emits when the server accepted it. */
  resume(id: string): Observable<void>;
  /** Kills; an unknown sandbox fails with `not-found`. Unsubscribing does not cancel it. */
  kill(id: string): Observable<void>;
  /** Kills; an unknown sandbox is success. Unsubscribing does not cancel it. */
  ensureKilled(id: string): Observable<void>;
  /** The same as work for a clean-up of the scope: it also runs while the client closes. */
  reap(id: string): Observable<void>;
  /** Emits the sandbox with the labels merged; `null` deletes one. */
  patchMetadata(id: string, patch: Readonly<Record<string, string | null>>): Observable<SandboxInfo>;
  /**
   * Asks the daemon once; errors when it does not answer within 2 s. The first call of a direct address looks for the
   * daemon's root before, which takes at most 4 s more.
   */
  ping(id: string): Observable<void>;
  /** Emits the address of a port with the headers that the server asks for there; never with the tenant key. */
  getEndpoint(id: string, port: number): Observable<Endpoint>;
  /** Emits the address alone. */
  getEndpointUrl(id: string, port: number): Observable<string>;
  /**
   * Emits a route that carries its own permission until `expires`, in whole Unix seconds (`lifecycle.md` 5.1); each
   * subscription asks again.
   *
   * Errors: `unsupported` where the runtime has no gateway, `invalid-request` when that instant is past.
   */
  getSignedEndpoint(id: string, port: number, expires: number): Observable<Endpoint>;
  /** Addresses for calls of this client. */
  endpoints(id: string): SandboxEndpoints;
  /** The same for addresses that are known already: no server is asked, and none is forgotten. */
  fixedEndpoints(endpoint: (port: number) => Endpoint): SandboxEndpoints;
  readonly snapshots: Snapshots;
  /** Diagnostics of one sandbox. */
  diagnostics(id: string): Diagnostics;
}

/** How to attach to a sandbox that exists. */
export interface ConnectOptions<Subject = unknown> extends ReadyOptions<Subject> {
  /** True emits without a probe. */
  readonly skipHealthCheck?: boolean;
}

/** Creates the calls. Owns no resources: the scope and the transport behind `api` are the caller's. */
export function createLifecycle(options: LifecycleConnection): Lifecycle {
  const { sandboxApi, probeApi, controlPlane, clock = localClock, onSecret } = options;
  const connection = createConnection({ api: options.api, scope: options.scope, onSecret });
  const { api, cleanupApi, scope } = connection;
  const { sandboxHeaders = {} } = options;
  const directory = createEndpointDirectory({
    // Clean-ups look up addresses, too.
    api: cleanupApi,
    controlPlane,
    clock,
    access: options.access ?? "direct",
    endpointProtocol: options.endpointProtocol ?? (controlPlane.origin.startsWith("https:") ? "https" : "http"),
    sandboxHeaders,
    probeApi,
    ...(onSecret !== undefined && { onSecret }),
  });
  const watches = createWatches(connection, {
    getInfo: (id) => getInfo(api, id),
    listAll: (filter) => listAll(api, filter),
  });
  const limit = createProbeLimit(MAX_CONCURRENT_PROBES);
  const pingOf = (id: string) => {
    const endpoints = directory.source(id);
    return endpoints.reach(sandboxApi(endpoints.daemon, EXECD_PORT));
  };
  /** A wait reads the state itself, after each probe that failed. */
  const probeOf = (id: string) => {
    const { daemon, reach } = directory.source(id);
    return reach(sandboxApi({ resolve: daemon.resolve, invalidate: daemon.invalidate }, EXECD_PORT));
  };
  const readySubject = (info: SandboxInfo): ReadySubject => ({
    info,
    scope,
    limit,
    locate: directory.source(info.id).resolve(EXECD_PORT),
    ping: probeOf(info.id),
    getInfo: getInfo(api, info.id),
  });
  const provisioning = {
    ...connection,
    createTimeoutMs: options.createTimeoutMs ?? DEFAULT_CREATE_TIMEOUT_MS,
    readySubject,
  };
  /** Forgets the address before the call and after it: one that is looked up meanwhile may be the old one. */
  const invalidateAround = <T>(id: string, work: Observable<T>) =>
    defer(() => {
      directory.forget(id);
      return work.pipe(finalize(() => directory.forget(id)));
    });

  const becomesReady = (info: SandboxInfo, ready: ReadyOptions<SandboxInfo>): Observable<ReadyProgress> =>
    waitUntilReady(readySubject(info), ready);
  const look = (id: string, port: number): Observable<Endpoint> =>
    scope.guard(directory.look(readId(id), readPort(port)));

  function prepare(createOptions: CreateOptions<SandboxInfo>): Observable<ProvisionProgress> {
    const { request, ready } = readCreateOptions(createOptions);
    for (const secret of secretsOf(request)) onSecret?.(secret);
    return scope.guard(provision(provisioning, request, ready));
  }

  function attach(
    id: string,
    connectOptions: ConnectOptions<SandboxInfo>,
    allowsPaused: boolean,
  ): Observable<SandboxInfo> {
    const { skipHealthCheck = false, ...ready } = readOptions(connectOptions, {
      skipHealthCheck: readFlag,
      ...readyReads,
    });
    return getInfo(api, id).pipe(
      switchMap((info) => {
        if (!allowsPaused && info.status.state === "Paused")
          return throwError(() => new SandboxError("invalid-state", `Sandbox ${id} is Paused: resume it first`));
        return skipHealthCheck ? [info] : becomesReady(info, ready).pipe(whenReady);
      }),
    );
  }

  const kill = (sandboxId: string, work: (api: Api, id: string) => Observable<void>): Observable<void> => {
    const id = readId(sandboxId);
    return invalidateAround(
      id,
      completeInBackground(connection, { kind: "sandbox", id }, (open) => work(open, id)),
    );
  };

  return {
    create: (createOptions) => prepare(createOptions).pipe(whenReady),
    provision: prepare,
    connect: (id, connectOptions = {}) => attach(readId(id), connectOptions, false),
    resumeAndConnect: (id, connectOptions = {}) =>
      concat(
        invalidateAround(readId(id), resumeSandbox(api, id)).pipe(ignoreElements()),
        attach(id, connectOptions, true),
      ),
    waitUntilReady: (id, readyOptions = {}) => {
      const ready = readOptions(readyOptions, readyReads);
      return getInfo(api, readId(id)).pipe(switchMap((info) => becomesReady(info, ready)));
    },
    getInfo: (id) => getInfo(api, readId(id)),
    list: (listOptions = {}) => listPage(api, readListOptions(listOptions)),
    watch: (id) => watches.watch(readId(id)),
    watchAll: (filter = {}) => watches.watchAll(readListFilter(filter)),
    expiry: (info) => countdown(clock, info),
    listAll: (filter = {}) => listAll(api, readListFilter(filter)),
    renew: (id, timeoutSeconds) => renewSandbox(api, clock, readId(id), readPositive("timeoutSeconds", timeoutSeconds)),
    pause: (id) => invalidateAround(readId(id), pauseSandbox(api, id)),
    resume: (id) => invalidateAround(readId(id), resumeSandbox(api, id)),
    kill: (id) => kill(id, killSandbox),
    ensureKilled: (id) => kill(id, ensureKilled),
    reap: (id) => invalidateAround(id, ensureKilled(cleanupApi, id)),
    patchMetadata: (id, patch) => patchMetadata(api, readId(id), readMetadataPatch("metadata", patch)),
    ping: (id) => scope.guard(pingOf(readId(id))),
    getEndpoint: look,
    getEndpointUrl: (id, port) => look(id, port).pipe(map(({ url }) => url)),
    getSignedEndpoint: (id, port, expires) =>
      scope.guard(directory.sign(readId(id), readPort(port), integerFrom(1)("expires", expires))),
    endpoints: (id) => directory.source(readId(id)),
    fixedEndpoints: (endpoint) =>
      createFixedEndpoints({
        endpoint,
        withCredentials: (address) => attachCredentials(address, sandboxHeaders, controlPlane),
        probeApi,
      }),
    snapshots: createSnapshots(connection),
    diagnostics: (id) => createDiagnostics(connection, readId(id)),
  };
}

const localClock: ServerClock = { nowMs: () => Date.now(), hasHeard: () => true, hear: () => undefined };

/** The info of the value that ends a wait. */
function whenReady(progress: Observable<ProvisionProgress>): Observable<SandboxInfo> {
  return progress.pipe(switchMap((step) => (step.phase === "ready" ? [step.info] : [])));
}

function readId(id: string): string {
  return readPathId("sandboxId", id);
}

function readPort(port: number): number {
  return integerFrom(1, 65_535)("port", port);
}

function* secretsOf({ image, volumes }: WireCreateSandboxRequest): Generator<string> {
  if (image?.auth !== undefined && image.auth.password !== "") yield image.auth.password;
  yield* secretsOfVolumes(volumes ?? []);
}
