import { map, type Observable } from "rxjs";
import { platform } from "#platform";
import { createLifecycle } from "@rxsandbox/lifecycle";
import { createScope, scoped } from "@rxsandbox/transport";
import { createApis } from "./apis.js";
import type { Client, Provisioning } from "./client.js";
import type { ClientOptions } from "./client-options.js";
import { createAsyncDisposal } from "./async-disposal.js";
import { createClientEvents } from "./client-events.js";
import { readClientOptions } from "./read-client-options.js";
import { createSandboxHandle, withHandle, type ClientConnection } from "./sandbox-handle.js";
import type { CreateOptions } from "./sandbox-options.js";
import type { Sandbox } from "./sandbox.js";
import { createSandboxes } from "./sandboxes.js";

/**
 * Creates a client; sends nothing.
 *
 * Throws `InvalidArgumentError` for a wrong option. A server that cannot be reached is a notification of the first
 * call.
 *
 * @example
 * const client = createClient();
 * const execution = client.withSandbox({ image: "python:3.11" }, (sandbox) =>
 *   sandbox.commands.run("exit 3").pipe(toExecution()),
 * );
 * const { end } = await lastValueFrom(execution);
 * end; // => { kind: "exited", exitCode: 3 }
 * await client.close();
 */
export function createClient(options: ClientOptions = {}): Client {
  const given = readClientOptions(options, platform);
  const transport =
    given.transport ?? platform.createTransport(given.dispatcher === undefined ? {} : { dispatcher: given.dispatcher });
  const events = createClientEvents(given.events, given.debug);
  const scope = createScope({ events, maxDrains: transport.capabilities.maxDrains });
  const { controlPlane, endpointProtocol, api, sandboxApi, probeApi, sandboxSockets, clock, onSecret } = createApis(
    given,
    transport,
    events,
  );
  const lifecycle = createLifecycle({
    api,
    scope,
    sandboxApi,
    probeApi,
    controlPlane,
    clock,
    endpointProtocol,
    access: given.access,
    sandboxHeaders: given.sandboxHeaders,
    createTimeoutMs: given.createTimeoutMs,
    onSecret,
  });
  const shared: ClientConnection = {
    lifecycle,
    scope,
    sandboxApi,
    sandboxSockets,
    capabilities: transport.capabilities,
    vaultSettleMs: given.vaultSettleMs,
    maxEventBytes: given.maxEventBytes,
    onSecret,
    isRepeating: given.retry !== false,
  };
  const handle = (id: string): Sandbox => createSandboxHandle(shared, id);

  const create = (createOptions: CreateOptions): Observable<Sandbox> =>
    lifecycle.create(withHandle(shared, createOptions)).pipe(map(({ id }) => handle(id)));

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= scope
      .close()
      // A transport of the caller's may serve other clients.
      .then(() => (given.transport === undefined ? transport.close() : undefined))
      .finally(() => events.complete());
    return closing;
  };

  return {
    create,
    provision: (createOptions) =>
      lifecycle
        .provision(withHandle(shared, createOptions))
        .pipe(
          map((progress): Provisioning =>
            progress.phase === "ready" ? { phase: "ready", sandbox: handle(progress.info.id) } : progress,
          ),
        ),
    withSandbox: (createOptions, project) =>
      scoped(
        {
          scope,
          acquire: create(createOptions),
          subject: ({ id }) => ({ kind: "sandbox", id }),
          release: ({ id }) => lifecycle.reap(id),
        },
        project,
      ),
    attach: (id, { endpoint } = {}) =>
      createSandboxHandle(
        shared,
        id,
        endpoint === undefined ? lifecycle.endpoints(id) : lifecycle.fixedEndpoints(endpoint),
      ),
    connect: (id, connectOptions = {}) =>
      lifecycle.connect(id, withHandle(shared, connectOptions)).pipe(map((info) => handle(info.id))),
    resume: (id, connectOptions = {}) =>
      lifecycle.resumeAndConnect(id, withHandle(shared, connectOptions)).pipe(map((info) => handle(info.id))),
    sandboxes: createSandboxes(lifecycle),
    snapshots: lifecycle.snapshots,
    close,
    ...createAsyncDisposal(close),
  };
}
