import { lastValueFrom, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxError,
  type CredentialVaultCreateRequest,
  type CredentialVaultPatchRequest,
  type EgressRule,
  type Sandbox,
  type SandboxError,
} from "@rxsandbox/client";
import { createTestTransport } from "@rxsandbox/testkit";
import { recordings, type Recording } from "./lifecycle-recordings.js";
import { spelledTarget } from "./spelled-target.js";

async function sandboxThatAnswers({ answer }: Recording) {
  const transport = createTestTransport({
    "GET /v1/sandboxes/:id": { json: { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" } },
    "GET /v1/sandboxes/:id/endpoints/18080": {
      json: { endpoint: "box.test/proxy/18080", headers: { "OPENSANDBOX-EGRESS-AUTH": "egress-secret" } },
    },
    "* /proxy/18080/*": answer,
  });
  const client = createClient({ domain: "cp.test", transport, retry: false });
  return { transport, sandbox: await lastValueFrom(client.connect("s", { skipHealthCheck: true })) };
}

/** The call that sends such a request; what the client refuses by itself is thrown. */
function callFor(sandbox: Sandbox, { method, path, body }: Recording): Observable<unknown> {
  const parsed = (): unknown => JSON.parse(body ?? "");
  const { credentialVault } = sandbox;
  const [, kind, name] = /^\/credential-vault\/(credentials|bindings)(?:\/(.+))?$/.exec(path) ?? [];
  if (kind !== undefined && name !== undefined)
    return kind === "bindings"
      ? credentialVault.getBinding(decodeURIComponent(name))
      : credentialVault.getCredential(decodeURIComponent(name));
  if (kind !== undefined)
    return kind === "bindings" ? credentialVault.listBindings() : credentialVault.listCredentials();
  switch (`${method} ${path}`) {
    case "GET /policy":
      return sandbox.getEgressPolicy();
    case "PATCH /policy":
      return sandbox.patchEgressRules(parsed() as EgressRule[]);
    case "DELETE /policy":
      return sandbox.deleteEgressRules(parsed() as string[]);
    case "GET /credential-vault":
      return credentialVault.get();
    case "POST /credential-vault":
      return credentialVault.create(parsed() as CredentialVaultCreateRequest);
    case "PATCH /credential-vault":
      return credentialVault.patch(parsed() as CredentialVaultPatchRequest);
    case "DELETE /credential-vault":
      return credentialVault.delete();
    default:
      throw new Error(`no call sends ${method} ${path}`);
  }
}

/** A call of the same kind that the client lets through: for answers to what it refuses by itself. */
function soundCall(sandbox: Sandbox, recording: Recording): Observable<unknown> {
  try {
    return callFor(sandbox, recording);
  } catch {
    const body =
      recording.path !== "/policy"
        ? "{}"
        : recording.method === "DELETE"
          ? '["a"]'
          : '[{"action":"deny","target":"a"}]';
    return callFor(sandbox, { ...recording, body });
  }
}

/** What the client makes of a recorded answer of 2xx. */
function expectedValue({ method, path, decoded }: Recording): unknown {
  if (path === "/policy") {
    if (method !== "GET") return undefined;
    const { policy } = decoded as { policy: { defaultAction: string; egress: unknown[] | null } };
    return { defaultAction: policy.defaultAction, egress: policy.egress ?? [] };
  }
  if (/\/(credentials|bindings)$/.test(path))
    return (decoded as Record<string, unknown>)[path.slice(path.lastIndexOf("/") + 1)];
  return decoded;
}

/** A recorded body of `/policy` with its targets as the client spells them. */
function asSent(body: string): unknown {
  return (JSON.parse(body) as (string | EgressRule)[]).map((item) =>
    typeof item === "string" ? spelledTarget(item) : { ...item, target: spelledTarget(item.target) },
  );
}

/** What the client refuses although the recorded server took it: case and step, the path of the argument, and why. */
const STRICTER: Readonly<Record<string, readonly [argument: string, reason: string]>> = {
  "egress/policy/delete #8": [
    "targets[0]",
    "egress.md 3.4: a blank target is ignored by the server and certainly a mistake",
  ],
  "egress/policy/patch-missing-action #2": [
    "rules[0].action",
    "G07: a rule without action means deny there; here it is spelt out",
  ],
  "egress/vault/auth-types #8": [
    "bindings[0].match.schemes[0]",
    "egress.md 4.3: the two schemes are spelt in lower case, as the type has them",
  ],
  "egress/vault/create-bad-json #5": ["", "no text of the client's has anything behind its JSON"],
  "egress/vault/revisions #4": [
    "expectedRevision",
    "egress.md 4.5: null means last writer wins there; here that is said by leaving it out",
  ],
};

describe("egress transcripts", () => {
  const isOurs = ({ method, path }: Recording): boolean =>
    path === "/policy"
      ? ["GET", "PATCH", "DELETE"].includes(method)
      : /^\/credential-vault(\/(credentials|bindings)(\/.+)?)?$/.test(path) &&
        ["GET", "POST", "PATCH", "DELETE"].includes(method);
  const all = [
    ...recordings("egress/policy"),
    ...recordings("egress/vault"),
    ...recordings("lifecycle/egress").map(belowSidecar),
  ].filter(isOurs);
  const good = all.filter(({ status }) => status < 300);
  const bad = all.filter(({ status }) => status >= 300);

  it("covers every recorded call of the policy and the vault that the client makes", () => {
    expect({ good: good.length, bad: bad.length }).toMatchInlineSnapshot(`
      {
        "bad": 103,
        "good": 172,
      }
    `);
  });

  it("lists nothing as stricter that is not recorded", () => {
    expect(Object.keys(STRICTER).filter((name) => !good.some((recording) => caseOf(recording) === name))).toEqual([]);
  });

  it.each(good.map((recording) => [recording.name, recording] as const))("%s", async (_, recording) => {
    const { sandbox, transport } = await sandboxThatAnswers(recording);
    const [argument] = STRICTER[caseOf(recording)] ?? [];
    if (argument !== undefined) {
      expect(() => callFor(sandbox, recording)).toThrow(
        argument === "" ? SyntaxError : (expect.objectContaining({ code: "invalid-argument", argument }) as Error),
      );
    }
    const call = argument === undefined ? callFor(sandbox, recording) : soundCall(sandbox, recording);
    expect(await lastValueFrom(call)).toEqual(expectedValue(recording));
    const sent = transport.calls("* /proxy/18080/*")[0];
    expect(sent?.headers["opensandbox-egress-auth"]).toBe("egress-secret");
    if (argument === undefined && recording.body !== null && recording.path === "/policy")
      expect(sent?.json()).toEqual(asSent(recording.body));
  });

  it.each(bad.map((recording) => [recording.name, recording] as const))("%s", async (_, recording) => {
    const { sandbox } = await sandboxThatAnswers(recording);
    // What the client would refuse by itself is replaced by something valid: here it is about the answer.
    const error = (await lastValueFrom(soundCall(sandbox, recording)).catch(
      (reason: unknown) => reason,
    )) as SandboxError;
    expect(isSandboxError(error)).toBe(true);
    expect({ status: error.status, serverCode: error.serverCode }).toEqual({
      status: recording.status,
      serverCode: (recording.decoded as { code?: string }).code,
    });
    const { message = String(recording.decoded) } = recording.decoded as { message?: string };
    expect(error.message).toContain(message.trim().slice(0, 60));
    expect(error.message).not.toContain("s3cret-value");
  });
});

function caseOf({ name }: Recording): string {
  return name.split(" ").slice(0, 2).join(" ");
}

/** A request through the server's proxy, as the sidecar sees it. */
function belowSidecar(recording: Recording): Recording {
  return { ...recording, path: recording.path.replace(/^.*\/proxy\/18080(?=\/)/, "") };
}
