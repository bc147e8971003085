import type { IncomingHttpHeaders } from "node:http";
import type { WireEndpoint } from "@rxsandbox/protocol";
import { diagnosticRoutes } from "../diagnostics/diagnostic-routes.js";
import { problem } from "../http/http-problem.js";
import type { DirectListener } from "../proxy/direct-listener.js";
import { canExpireAt } from "../proxy/route-signatures.js";
import { endpointHeaders } from "../proxy/sandbox-target.js";
import { readPort } from "../proxy/server-proxy.js";
import type { ResolvedOptions } from "../server-options.js";
import type { SnapshotRegistry } from "../snapshots/snapshot-registry.js";
import { snapshotRoutes } from "../snapshots/snapshot-routes.js";
import { createRequestRule, metadataPatchRule } from "../requests/create-request.js";
import { formatInstant, instant } from "../requests/instant-rule.js";
import { listSandboxes } from "./list-sandboxes.js";
import { createPoolRule, updatePoolRule } from "../requests/pool-request.js";
import { checkValue, readJsonBody } from "../requests/request-body.js";
import { wireCreated, wireSandbox } from "./sandbox-record.js";
import type { SandboxRegistry } from "./sandbox-registry.js";
import { boolean, integer } from "../requests/scalar-rules.js";
import { model } from "../requests/validation-rule.js";

/** One call of the lifecycle API. */
export interface LifecycleCall {
  /** Variable parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The answer of a call. */
export interface LifecycleAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as plain text, in place of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route: its methods in the order in which a 405 names the first. */
export interface LifecycleRoute {
  readonly path: string;
  readonly methods: Readonly<Record<string, (call: LifecycleCall) => LifecycleAnswer | Promise<LifecycleAnswer>>>;
}

/** What the routes work with. */
export interface LifecycleRouteParts {
  readonly options: ResolvedOptions;
  readonly registry: SandboxRegistry;
  readonly direct: DirectListener;
  readonly snapshots: SnapshotRegistry;
}

const renewRule = model({ expiresAt: { rule: instant, isRequired: true } });

/** The routes of the lifecycle API below `/` and `/v1` (`lifecycle.md` 2 to 8). */
export function lifecycleRoutes(parts: LifecycleRouteParts): readonly LifecycleRoute[] {
  const { options, registry } = parts;
  const idOf = (call: LifecycleCall): string => call.params["id"] ?? "";
  return [
    {
      path: "/sandboxes",
      methods: {
        POST: async (call) => {
          const request = readJsonBody(createRequestRule, call.headers, call.body);
          const record = await registry.create(request);
          const body = wireCreated(record, {
            hasMetadata: request.metadata !== undefined,
            state: options.profile === "spec" ? "Pending" : "Running",
          });
          return { status: 202, body, headers: { location: `/v1/sandboxes/${record.id}` } };
        },
        GET: (call) => ({ status: 200, body: listSandboxes(registry.all(), call.query) }),
      },
    },
    {
      path: "/sandboxes/:id",
      methods: {
        GET: (call) => ({ status: 200, body: wireSandbox(registry.get(idOf(call))) }),
        DELETE: async (call) => {
          await registry.remove(idOf(call));
          return { status: 204 };
        },
      },
    },
    {
      path: "/sandboxes/:id/pause",
      methods: {
        POST: async (call) => {
          await registry.pause(idOf(call));
          return { status: 202 };
        },
      },
    },
    {
      path: "/sandboxes/:id/resume",
      methods: {
        POST: async (call) => {
          await registry.resume(idOf(call));
          return { status: 202 };
        },
      },
    },
    {
      path: "/sandboxes/:id/renew-expiration",
      methods: {
        POST: (call) => {
          const { expiresAt = 0 } = readJsonBody(renewRule, call.headers, call.body);
          registry.renew(idOf(call), expiresAt);
          return { status: 200, body: { expiresAt: formatInstant(expiresAt) } };
        },
      },
    },
    {
      path: "/sandboxes/:id/metadata",
      methods: {
        PATCH: (call) => {
          const patch = readJsonBody(metadataPatchRule, call.headers, call.body);
          return { status: 200, body: wireSandbox(registry.patchMetadata(idOf(call), patch)) };
        },
      },
    },
    {
      path: "/sandboxes/:id/endpoints/:port",
      methods: { GET: (call) => ({ status: 200, body: endpoint(call, parts) }) },
    },
    ...snapshotRoutes(parts),
    ...poolRoutes(),
    ...diagnosticRoutes(parts),
    ...(options.faults.includes("metrics-events-404")
      ? []
      : [{ path: "/metrics/events", methods: { POST: () => ({ status: 204 }) } }]),
  ];
}

function endpoint(call: LifecycleCall, parts: LifecycleRouteParts): WireEndpoint {
  const id = call.params["id"] ?? "";
  const port = readPort(call.params["port"] ?? "");
  const useProxy = call.query.getAll("use_server_proxy").at(-1);
  const isProxied = useProxy === undefined ? false : checkValue(boolean(), useProxy, ["query", "use_server_proxy"]);
  const expires = call.query.getAll("expires").at(-1);
  if (expires !== undefined) {
    checkValue(integer(), expires, ["query", "expires"]);
    if (isProxied) {
      throw problem(
        400,
        "SANDBOX::INVALID_PARAMETER",
        "use_server_proxy cannot be combined with expires; signed endpoints require the gateway route.",
      );
    }
    if (parts.direct.signedEndpointOf !== undefined)
      return signedEndpoint(id, port, expires, parts, parts.direct.signedEndpointOf);
    throw problem(
      400,
      "SANDBOX::API_NOT_SUPPORTED",
      "Signed routes (expires parameter) are not supported when runtime.type='docker'. Use the Kubernetes runtime for signed routes.",
    );
  }
  const record = parts.registry.get(id);
  const headers = endpointHeaders(record, port);
  const address = isProxied
    ? `${call.headers.host ?? ""}/sandboxes/${id}/proxy/${port}`
    : parts.direct.endpointOf(id, port);
  return { endpoint: address, ...(headers === undefined ? {} : { headers }) };
}

function signedEndpoint(
  id: string,
  port: number,
  expires: string,
  { options, registry }: LifecycleRouteParts,
  addressOf: NonNullable<DirectListener["signedEndpointOf"]>,
): WireEndpoint {
  const second = BigInt(expires.trim().replace(/^\+|\.0*$/g, ""));
  if (!canExpireAt(second, options.clock.now()))
    throw problem(
      400,
      "SANDBOX::INVALID_PARAMETER",
      "expires must be a future Unix time in seconds that fits 64 bits.",
    );
  const headers = endpointHeaders(registry.get(id), port);
  return { endpoint: addressOf(id, port, second), ...(headers === undefined ? {} : { headers }) };
}

function poolRoutes(): LifecycleRoute[] {
  const refuse = (): never => {
    throw problem(
      501,
      "KUBERNETES::POOL_NOT_SUPPORTED",
      "Pool management is only available when runtime.type is 'kubernetes'.",
    );
  };
  const checked = (rule: typeof createPoolRule | typeof updatePoolRule) => (call: LifecycleCall) => {
    readJsonBody<unknown>(rule, call.headers, call.body);
    return refuse();
  };
  return [
    { path: "/pools", methods: { POST: checked(createPoolRule), GET: refuse } },
    { path: "/pools/:name", methods: { GET: refuse, PUT: checked(updatePoolRule), DELETE: refuse } },
  ];
}
