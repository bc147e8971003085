import { VAULT_SETTLE_MS } from "@rxsandbox/client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { scriptedSandbox } from "../testing/scripted-sandbox.js";

const address = {
  "GET /v1/sandboxes/s/endpoints/18080": {
    json: { endpoint: "box.test/e", headers: { "OPENSANDBOX-EGRESS-AUTH": "EGRESS-TOKEN" } },
  },
};
const credential = { name: "token", sourceType: "inline", revision: 1 };
const binding = { name: "api", revision: 1, match: { hosts: ["api.test"] }, auth: { type: "bearer" } };
const state = { revision: 1, credentials: [credential], bindings: [binding] };

describe("createVault", () => {
  afterEach(() => void vi.useRealTimers());

  it("creates, reads, lists and deletes", async () => {
    const { sandbox, sent } = await scriptedSandbox({
      ...address,
      "POST /e/credential-vault": { status: 201, json: state },
      "GET /e/credential-vault": { json: state },
      "GET /e/credential-vault/credentials": { json: { revision: 1, credentials: [credential] } },
      "GET /e/credential-vault/bindings": { json: { revision: 1, bindings: [binding] } },
      "GET /e/credential-vault/credentials/token": { json: credential },
      "GET /e/credential-vault/bindings/api": { json: binding },
      "DELETE /e/credential-vault": { status: 204 },
    });
    const { credentialVault } = sandbox;
    const request = {
      credentials: [{ name: "token", source: { value: "SECRET-VALUE" } }],
      bindings: [
        { name: "api", match: { hosts: ["api.test"] }, auth: { type: "bearer" as const, credential: "token" } },
      ],
    };
    vi.useFakeTimers();
    /** A write that is in force only when the sidecar must have dropped what it had read. */
    const settled = async <T>(write: Promise<T>): Promise<T> => {
      let isDone = false;
      void write.then(() => (isDone = true));
      await vi.advanceTimersByTimeAsync(VAULT_SETTLE_MS - 1);
      expect(isDone).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      return write;
    };
    expect(await settled(credentialVault.create(request))).toEqual(state);
    expect(await credentialVault.get()).toEqual(state);
    expect(await credentialVault.listCredentials()).toEqual([credential]);
    expect(await credentialVault.listBindings()).toEqual([binding]);
    expect(await credentialVault.getCredential("token")).toEqual(credential);
    expect(await credentialVault.getBinding("api")).toEqual(binding);
    await settled(credentialVault.delete());
    expect(sent()).toContain("POST /e/credential-vault");
  });

  it("rejects with the sidecar's words and status, and refuses what no sidecar knows without showing the secret", async () => {
    const { sandbox } = await scriptedSandbox({
      ...address,
      "GET /e/credential-vault": { status: 404, body: "credential vault not found\n" },
    });
    await expect(sandbox.credentialVault.get()).rejects.toMatchObject({
      statusCode: 404,
      message: "credential vault not found",
      error: { code: "UNEXPECTED_RESPONSE" },
    });
    const attempt: unknown = await sandbox.credentialVault
      .create({
        credentials: [{ name: "token", source: { value: "SECRET-VALUE" } }],
        bindings: [{ name: "api", match: { hosts: ["api.test"] }, auth: { type: "passthrough" } }],
      })
      .catch((error: unknown) => error);
    expect(attempt).toMatchObject({ name: "InvalidArgumentException" });
    expect(String(attempt)).not.toContain("SECRET");
  });
});

describe("sandbox egress", () => {
  it("reads, patches and removes rules", async () => {
    const { sandbox, transport } = await scriptedSandbox({
      ...address,
      "GET /e/policy": { json: { status: "ok", policy: { defaultAction: "deny", egress: null } } },
      "PATCH /e/policy": { json: {} },
      "DELETE /e/policy": { json: {} },
    });
    expect(await sandbox.getEgressPolicy()).toEqual({ defaultAction: "deny", egress: [] });
    await sandbox.patchEgressRules([{ action: "allow", target: "a.test" }]);
    await sandbox.deleteEgressRules(["a.test"]);
    expect(transport.calls("DELETE /e/policy")).toHaveLength(1);
    await expect(sandbox.patchEgressRules([{ action: "permit" as never, target: "a.test" }])).rejects.toMatchObject({
      error: { code: "INVALID_ARGUMENT" },
    });
  });
});
