import { concatMap, lastValueFrom, toArray, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxError,
  type Client,
  type CreateOptions,
  type EgressRule,
  type Sandbox,
  type SandboxError,
} from "@rxsandbox/client";
import { createTestTransport, type Answer } from "@rxsandbox/testkit";
import { recordings, type Recording } from "./lifecycle-recordings.js";
import { spelledTarget } from "./spelled-target.js";

const groups = [
  "create",
  "read",
  "list",
  "metadata",
  "state",
  "time",
  "endpoints",
  "errors",
  "egress",
  "snapshots",
  "diagnostics",
  "proxy",
];

/** The call that sends such a request, or nothing when the client has none. */
function callFor(client: Client, { method, path, query, body }: Recording): Observable<unknown> | undefined {
  const snapshot = /^(?:\/v1)?\/snapshots(?:\/([^/]+))?$/.exec(path);
  if (snapshot !== null) {
    const calls: Readonly<Record<string, () => Observable<unknown>>> = {
      GET: () => client.snapshots.list(),
      "GET id": () => client.snapshots.get("any"),
      "DELETE id": () => client.snapshots.delete("any"),
    };
    return calls[`${method}${snapshot[1] === undefined ? "" : " id"}`]?.();
  }
  const [, id, tail] = /^(?:\/v1)?\/sandboxes(?:\/([^/]+)(?:\/(.*))?)?$/.exec(path) ?? [
    undefined,
    undefined,
    undefined,
  ];
  if (!/^(?:\/v1)?\/sandboxes(?:\/|$)/.test(path) || path.endsWith("/")) return undefined;
  const port = /^endpoints\/(\d+)$/.exec(tail ?? "")?.[1];
  switch (`${method} ${id === undefined ? "" : "id"} ${port === undefined ? (tail ?? "") : "port"}`.trim()) {
    case "POST":
      return client.create({ image: "any", skipHealthCheck: true });
    case "GET":
      return client.sandboxes.list();
    case "GET id":
      return client.sandboxes.getInfo("any");
    case "DELETE id":
      return client.sandboxes.kill("any");
    case "POST id pause":
      return client.sandboxes.pause("any");
    case "POST id resume":
      return client.sandboxes.resume("any");
    case "POST id renew-expiration":
      return client.sandboxes.renew("any", 60);
    case "PATCH id metadata":
      return client.sandboxes.patchMetadata("any", {});
    case "GET id port":
      return client.sandboxes.getEndpoint("any", 1);
    case "POST id snapshots":
      return client.snapshots.create("any");
    case "GET id diagnostics/logs":
    case "GET id diagnostics/events": {
      const kind = path.endsWith("logs") ? "logs" : "events";
      return query.has("scope")
        ? client.sandboxes.diagnostics("any").describe(kind, "any")
        : client.sandboxes.diagnostics("any")[kind]();
    }
    case "GET id diagnostics/inspect":
      return client.sandboxes.diagnostics("any").inspect();
    case "GET id diagnostics/summary":
      return client.sandboxes.diagnostics("any").summary();
    case "GET id proxy/44772/ping":
      return sandboxOf(client).pipe(concatMap((sandbox) => sandbox.ping()));
    case "GET id proxy/18080/policy":
      return sandboxOf(client).pipe(concatMap((sandbox) => sandbox.getEgressPolicy()));
    case "PATCH id proxy/18080/policy":
      return sandboxOf(client).pipe(
        concatMap((sandbox) => sandbox.patchEgressRules(JSON.parse(body ?? "") as EgressRule[])),
      );
    default:
      return undefined;
  }
}

const sandboxOf = (client: Client): Observable<Sandbox> => client.connect("any", { skipHealthCheck: true });

const dated = new Set(["createdAt", "expiresAt", "lastTransitionAt"]);

const isProxied = (endpoint: unknown): boolean => typeof endpoint === "string" && endpoint.includes("/sandboxes/");

/** What the client should make of a sandbox, an endpoint or a page, written without its code. */
function expected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value !== "object" || value === null) return value;
  const read = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, dated.has(name) ? new Date(part as string) : expected(part)]),
  );
  return "status" in value && "id" in value && !("sandboxId" in value)
    ? { expiresAt: null, metadata: {}, ...read }
    : read;
}

function outcomeOf({ method, path, decoded }: Recording): unknown {
  if (path.endsWith("/proxy/44772/ping") || (method === "PATCH" && path.endsWith("/policy"))) return undefined;
  if (path.endsWith("/policy")) {
    const { policy } = decoded as { policy: { defaultAction: string; egress: unknown[] | null } };
    return { defaultAction: policy.defaultAction, egress: policy.egress ?? [] };
  }
  if (path.includes("/endpoints/")) {
    const { endpoint, headers = {} } = decoded as { endpoint: string; headers?: Record<string, string> };
    return {
      url: `http://${endpoint}`,
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text])),
      access: isProxied(endpoint) ? "proxy" : "direct",
    };
  }
  if (path.includes("/diagnostics/")) return (decoded as string).replace(/(egress-auth-token=).*/, "$1***");
  if (path.endsWith("/renew-expiration")) return new Date((decoded as { expiresAt: string }).expiresAt);
  if (method === "POST" && /\/sandboxes$/.test(path))
    return expect.objectContaining({ id: (decoded as { id: string }).id });
  return decoded === undefined ? undefined : expected(decoded);
}

const codes: Readonly<Record<number, string | RegExp>> = {
  400: "invalid-request",
  401: "unauthorized",
  404: "not-found",
  409: /^(conflict|invalid-state)$/,
  422: "invalid-request",
  501: "unsupported",
  500: /^(server-error|invalid-state)$/,
  502: "server-error",
};

async function outcome(recording: Recording, afterwards: Answer = { failure: "reset" }): Promise<unknown> {
  const isProxy =
    recording.path.includes("/proxy/") ||
    isProxied((recording.decoded as { endpoint?: unknown } | undefined)?.endpoint);
  const transport = createTestTransport({
    "* *": [recording.answer, afterwards],
    // The first renewal of a client reads the sandbox for the server's clock.
    ...(/\/proxy\/|\/renew-expiration$/.test(recording.path) && {
      "GET /v1/sandboxes/any": { json: { id: "any", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" } },
      "GET /v1/sandboxes/any/endpoints/:port": ({ params }) => ({
        json: { endpoint: `cp.test/sandboxes/any/proxy/${params["port"]}` },
      }),
    }),
  });
  const client = createClient({
    domain: "cp.test",
    apiKey: "key",
    transport,
    retry: false,
    access: isProxy ? "proxy" : "direct",
  });
  try {
    const call = callFor(client, recording);
    return call === undefined
      ? undefined
      : await lastValueFrom(call.pipe(toArray())).then(
          (values) => (values.length === 1 ? values[0] : values),
          (error: unknown) => error,
        );
  } finally {
    await client.close();
  }
}

describe("lifecycle transcripts", () => {
  // An upgrade is no answer: terminals have recordings of their own.
  const all = groups.flatMap((group) => recordings(`lifecycle/${group}`)).filter(({ status }) => status !== 101);
  const probe = createClient({ domain: "cp.test", transport: createTestTransport() });
  const expressible = all.filter((recording) => callFor(probe, recording) !== undefined);
  // A refused delete or pause is followed by a read: those have tests of their own below.
  const plain = expressible.filter(
    ({ decoded }) => !/(DELETE|PAUSE)_FAILED$/.test(String((decoded as { code?: unknown } | undefined)?.code)),
  );

  it("covers most of what was recorded", () => {
    expect({ recorded: all.length, expressible: expressible.length, plain: plain.length }).toMatchInlineSnapshot(`
      {
        "expressible": 643,
        "plain": 641,
        "recorded": 782,
      }
    `);
  });

  it.each(plain.filter(({ status }) => status < 300).map((recording) => [recording.name, recording] as const))(
    "%s",
    async (_, recording) => {
      expect(await outcome(recording)).toEqual(outcomeOf(recording));
    },
  );

  it.each(plain.filter(({ status }) => status >= 300).map((recording) => [recording.name, recording] as const))(
    "%s",
    async (_, recording) => {
      const error = (await outcome(recording)) as SandboxError;
      expect(isSandboxError(error)).toBe(true);
      const { code: serverCode } = (recording.decoded ?? {}) as { code?: unknown };
      expect({ status: error.status, serverCode: error.serverCode }).toEqual({
        status: recording.status,
        serverCode: typeof serverCode === "string" ? serverCode : undefined,
      });
      if (recording.requestId !== undefined) expect(error.requestId).toBe(recording.requestId);
      const code = codes[recording.status];
      if (/(API_NOT_SUPPORTED|UNSUPPORTED_POOL_REF)$/.test(String(serverCode))) expect(error.code).toBe("unsupported");
      else if (code !== undefined)
        expect(error.code).toEqual(typeof code === "string" ? code : expect.stringMatching(code));
    },
  );

  describe("a refused delete or pause, which is followed by a read", () => {
    const refused = expressible.filter((recording) => !plain.includes(recording));
    const gone = { status: 404, json: { code: "DOCKER::SANDBOX_NOT_FOUND", message: "gone" } };
    const inState = (state: string) => ({ json: { id: "any", status: { state }, createdAt: "2026-11-23T02:03:37Z" } });

    it.each(refused.map((recording) => [recording.name, recording] as const))("%s", async (_, recording) => {
      const isDelete = recording.method === "DELETE";
      if (isDelete) {
        expect(await outcome(recording, gone)).toBeUndefined();
        expect(await outcome(recording, { status: 401 })).toMatchObject({ status: 401 });
      } else {
        expect(await outcome(recording, inState("Paused"))).toMatchObject({
          code: "invalid-state",
          status: 500,
          serverCode: "DOCKER::SANDBOX_PAUSE_FAILED",
        });
        expect(await outcome(recording, inState("Running"))).toMatchObject({ code: "server-error", status: 500 });
      }
    });
  });
});

/** The options that ask for such a body, as far as there are any. */
function optionsOf({ timeout, resourceLimits, ...same }: Record<string, unknown>): CreateOptions {
  return {
    skipHealthCheck: true,
    timeoutSeconds: (timeout ?? null) as number | null,
    ...(resourceLimits !== undefined && { resource: resourceLimits as Record<string, string> }),
    ...same,
  } as CreateOptions;
}

/** What the client sends for a recorded body, or the argument that it refuses. */
async function sentFor(body: Record<string, unknown>): Promise<unknown> {
  const transport = createTestTransport({
    "* *": { status: 202, json: { id: "any", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" } },
  });
  const client = createClient({ domain: "cp.test", transport, retry: false });
  try {
    await lastValueFrom(client.create(optionsOf(body) as never));
  } catch (error) {
    if (isSandboxError(error, "invalid-argument"))
      return `refused: ${(error as SandboxError & { argument: string }).argument}`;
    throw error;
  }
  const { metadata, ...sent } = (transport.requests[0]?.json() ?? {}) as { metadata: Record<string, string> };
  const { "rxsandbox.dev/create-id": createId, ...labels } = metadata;
  expect(createId).toMatch(/^[0-9a-f]{32}$/);
  return { ...sent, ...(Object.keys(labels).length > 0 && { metadata: labels }) };
}

describe("recorded create bodies", () => {
  const bodies = [...recordings("lifecycle/create"), ...recordings("lifecycle/egress")].flatMap(
    ({ name, method, path, body, status }) => {
      if (method !== "POST" || !/\/sandboxes$/.test(path) || body === null) return [];
      try {
        const value: unknown = JSON.parse(body);
        return typeof value === "object" && value !== null && !Array.isArray(value)
          ? [{ name, status, body: value as Record<string, unknown> }]
          : [];
      } catch {
        return [];
      }
    },
  );

  it("that the server accepted are sent as recorded, or refused for a reason that is known", async () => {
    const refused: string[] = [];
    for (const { name, body } of bodies.filter(({ status }) => status < 300)) {
      const sent = await sentFor(body);
      if (typeof sent === "string") refused.push(`${name.split(" POST")[0]} ${sent}`);
      else expect(sent, name).toEqual(asSent(body));
    }
    expect(refused).toMatchInlineSnapshot(`
      [
        "lifecycle/create/env #1 refused: env.A",
        "lifecycle/create/null-fields #1 refused: snapshotId",
        "lifecycle/create/platform #2 refused: platform.os",
        "lifecycle/create/secure-access #5 refused: credentialProxy.enabled",
        "lifecycle/create/timeout-accepted #5 refused: timeoutSeconds",
        "lifecycle/create/unknown-field #1 refused: timeOut",
        "lifecycle/create/volume-subpath #5 refused: volumes[0].subPath",
        "lifecycle/egress/default-action #9 refused: networkPolicy.defaultAction",
        "lifecycle/egress/empty #5 refused: networkPolicy",
        "lifecycle/egress/refused #8 refused: networkPolicy.frobnicate",
      ]
    `);
  });

  it("that the server refused are refused here too, or left to the server", async () => {
    const outcomes = { refusedHere: 0, leftToServer: [] as string[] };
    for (const { name, body } of bodies.filter(({ status }) => status >= 400)) {
      if (typeof (await sentFor(body)) === "string") outcomes.refusedHere += 1;
      else outcomes.leftToServer.push(name.split(" POST")[0] ?? name);
    }
    expect(outcomes).toMatchInlineSnapshot(`
      {
        "leftToServer": [
          "lifecycle/create/content-type #1",
          "lifecycle/create/content-type #2",
          "lifecycle/create/content-type #3",
          "lifecycle/create/content-type #7",
          "lifecycle/create/env #5",
          "lifecycle/create/extensions #1",
          "lifecycle/create/extensions #3",
          "lifecycle/create/extensions #4",
          "lifecycle/create/extensions #6",
          "lifecycle/create/extensions #9",
          "lifecycle/create/image-auth #6",
          "lifecycle/create/image-pull-failure #1",
          "lifecycle/create/image-pull-failure #2",
          "lifecycle/create/image-pull-failure #3",
          "lifecycle/create/image #6",
          "lifecycle/create/platform #3",
          "lifecycle/create/required #2",
          "lifecycle/create/required #4",
          "lifecycle/create/resource-limits #5",
          "lifecycle/create/resource-limits #6",
          "lifecycle/create/resource-limits #8",
          "lifecycle/create/secure-access #1",
          "lifecycle/create/timeout-refused #4",
          "lifecycle/create/timeout-refused #10",
          "lifecycle/create/timeout-refused #11",
          "lifecycle/create/volume-host-refused #1",
          "lifecycle/create/volume-host-refused #2",
          "lifecycle/create/volume-host-refused #7",
          "lifecycle/create/volume-host-refused #8",
          "lifecycle/create/volume-pvc #5",
        ],
        "refusedHere": 104,
      }
    `);
  });
});

function policyAsSent({ egress, ...policy }: { readonly egress?: readonly EgressRule[] | null }): unknown {
  return {
    defaultAction: "deny",
    ...policy,
    ...(egress != null && { egress: egress.map((rule) => ({ ...rule, target: spelledTarget(rule.target) })) }),
  };
}

/** A recorded body with what the client spells out, and without what means the same as nothing. */
function asSent({ metadata, timeout, networkPolicy, ...rest }: Record<string, unknown>): unknown {
  const labels = Object.keys((metadata ?? {}) as object).length > 0 ? { metadata } : {};
  return {
    ...rest,
    ...labels,
    ...(timeout != null && { timeout }),
    ...(networkPolicy !== undefined && {
      networkPolicy: policyAsSent(networkPolicy as { readonly egress?: readonly EgressRule[] | null }),
    }),
  };
}
