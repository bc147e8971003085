import { lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { type InvalidArgumentError, type SandboxError } from "@rxsandbox/transport";
import { CredentialVaultConflictError } from "./credential-vault-conflict-error.js";
import type { CredentialAuth } from "./credential-binding.js";
import type { CredentialVault } from "./credential-vault.js";
import { bearer, binding, failureOf, refusal, state, token, vaultOf } from "../testing/vault-of.js";

describe("credentialVault", () => {
  it("sends each call as the sidecar takes it", async () => {
    const { vault, sent } = vaultOf([state]);
    await lastValueFrom(
      vault.create({ credentials: [{ name: "t", source: { value: "s3cret" } }], bindings: [bearer] }),
    );
    await lastValueFrom(vault.get());
    await lastValueFrom(
      vault.patch({
        expectedRevision: 0,
        credentials: { delete: ["old"], replace: [token], add: [] },
        bindings: { delete: ["b"] },
      }),
    );
    await lastValueFrom(vault.delete());
    await lastValueFrom(vault.listCredentials());
    await lastValueFrom(vault.listBindings());
    expect(sent.map(({ method, path, json }) => [method, path, json])).toEqual([
      ["POST", "/credential-vault", { credentials: [token], bindings: [bearer] }],
      ["GET", "/credential-vault", undefined],
      [
        "PATCH",
        "/credential-vault",
        { expectedRevision: 0, credentials: { delete: ["old"], replace: [token] }, bindings: { delete: ["b"] } },
      ],
      ["DELETE", "/credential-vault", undefined],
      ["GET", "/credential-vault/credentials", undefined],
      ["GET", "/credential-vault/bindings", undefined],
    ]);
    expect(sent.map(({ secrets }) => secrets)).toEqual([
      ["s3cret"],
      undefined,
      ["s3cret"],
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("asks for one by a name of any characters", async () => {
    const { vault, sent } = vaultOf([{ name: "n", sourceType: "inline", revision: 1 }]);
    await lastValueFrom(vault.getCredential(" a/b ?\ud800"));
    await lastValueFrom(vault.getBinding("é"));
    expect(sent.map(({ path }) => path)).toEqual([
      "/credential-vault/credentials/a%2Fb%20%3F%EF%BF%BD",
      "/credential-vault/bindings/%C3%A9",
    ]);
  });

  it("copies a request at the call and sends nothing before subscribe", async () => {
    const { vault, sent } = vaultOf([state]);
    const credentials = [{ name: "t", source: { value: "s3cret" } }];
    const call = vault.create({ credentials });
    credentials[0] = { name: "other", source: { value: "other" } };
    expect(sent).toEqual([]);
    await lastValueFrom(call);
    expect(sent[0]?.json).toEqual({ credentials: [token], bindings: [] });
  });

  it("makes each secret known before it is sent", async () => {
    const known: string[] = [];
    const { vault, sent } = vaultOf([state], { onSecret: (secret: string) => known.push(`${secret} ${sent.length}`) });
    await lastValueFrom(vault.create({ credentials: [token] }));
    await lastValueFrom(
      vault.patch({
        credentials: {
          add: [{ name: "n", source: { value: "added" } }],
          replace: [{ name: "t", source: { value: "new" } }],
        },
      }),
    );
    expect(known).toEqual(["s3cret 0", "new 1", "added 1"]);
  });

  it("hands on what the protocol shows and nothing else", async () => {
    const careless = {
      ...state,
      secret: "x",
      credentials: [{ name: "t", sourceType: "inline", revision: 1, value: "s3cret" }],
    };
    expect(await lastValueFrom(vaultOf([careless]).vault.get())).toEqual(state);
    expect(
      await lastValueFrom(vaultOf([{ revision: 3, bindings: [{ name: "b", revision: 3 }] }]).vault.listBindings()),
    ).toEqual([{ name: "b", revision: 3 }]);
  });

  it.each([
    null,
    [],
    {},
    { ...state, revision: "1" },
    { ...state, credentials: null },
    { ...state, bindings: [{}] },
    { ...state, bindings: [{ name: "b", revision: 1, match: {} }] },
    { ...state, bindings: [{ name: "b", revision: 1, auth: { type: 1 } }] },
  ])("refuses the answer %j", async (answer) =>
    expect(await failureOf(vaultOf([answer]).vault.get())).toMatchObject({ code: "protocol" }),
  );

  const match = (given: object) => (vault: CredentialVault) =>
    vault.create({ credentials: [token], bindings: [binding({ type: "bearer", credential: "t" }, given)] });
  const auth = (given: object) => (vault: CredentialVault) =>
    vault.create({ credentials: [token], bindings: [binding(given as CredentialAuth)] });
  const credential = (given: object) => (vault: CredentialVault) =>
    vault.create({ credentials: [given as typeof token] });

  it.each<[string, (vault: CredentialVault) => unknown]>([
    ["options", (vault) => vault.create(null as never)],
    ["secrets", (vault) => vault.create({ secrets: [] } as never)],
    ["credentials", (vault) => vault.create({ credentials: {} as never })],
    ["credentials[0].name", credential({ name: " ", source: { value: "x" } })],
    ["credentials[0].source", credential({ name: "t" })],
    ["credentials[0].source.type", credential({ name: "t", source: { type: "vault", value: "x" } })],
    ["credentials[0].source.value", credential({ name: "t", source: { value: "" } })],
    ["credentials[0].source.value", credential({ name: "t", source: { value: "s3cret\n" } })],
    ["credentials[0].source.value", credential({ name: "t", source: { value: 5 } })],
    ["credentials[1].name", (vault) => vault.create({ credentials: [token, { name: " t ", source: { value: "x" } }] })],
    ["bindings[1].name", (vault) => vault.create({ credentials: [token], bindings: [bearer, bearer] })],
    ["bindings[0].name", (vault) => vault.create({ credentials: [token], bindings: [{ ...bearer, name: "" }] })],
    ["bindings[0].match.hosts", match({ hosts: [] })],
    ["bindings[0].match.hosts", match({ hosts: undefined })],
    ["bindings[0].match.hosts[0]", match({ hosts: ["localhost"] })],
    ["bindings[0].match.hosts[0]", match({ hosts: ["10.0.0.1"] })],
    ["bindings[0].match.hosts[1]", match({ hosts: ["a.b", "https://a.b"] })],
    ["bindings[0].match.hosts[0]", match({ hosts: ["a.b:443"] })],
    ["bindings[0].match.hosts[0]", match({ hosts: ["a.*.b"] })],
    ["bindings[0].match.hosts[0]", match({ hosts: ["::1"] })],
    ["bindings[0].match.schemes", match({ schemes: [] })],
    ["bindings[0].match.schemes[0]", match({ schemes: ["ftp"] })],
    ["bindings[0].match.ports[0]", match({ ports: [0] })],
    ["bindings[0].match.ports[0]", match({ ports: ["443"] })],
    ["bindings[0].match.methods[0]", match({ methods: ["GET POST"] })],
    ["bindings[0].match.paths[0]", match({ paths: ["v1"] })],
    ["bindings[0].match.host", match({ host: "a.b" })],
    ["bindings[0].auth.type", auth({ type: "oauth", credential: "t" })],
    ["bindings[0].auth", (vault) => vault.create({ bindings: [{ ...bearer, auth: undefined as never }] })],
    ["bindings[0].auth.credential", auth({ type: "bearer" })],
    ["bindings[0].auth.credential", auth({ type: "basic", credential: "nope" })],
    ["bindings[0].auth.name", auth({ type: "bearer", credential: "t", name: "x" })],
    ["bindings[0].auth.name", auth({ type: "apiKey", credential: "t" })],
    ["bindings[0].auth.name", auth({ type: "apiKey", credential: "t", name: "Host" })],
    ["bindings[0].auth.name", auth({ type: "apiKey", credential: "t", name: "a b" })],
    ["bindings[0].auth.headers", auth({ type: "customHeaders" })],
    [
      "bindings[0].auth.headers[0].credential",
      auth({ type: "customHeaders", headers: [{ name: "x", credential: "u" }] }),
    ],
    [
      "bindings[0].auth.headers[1].name",
      auth({
        type: "customHeaders",
        headers: [
          { name: "x-a", credential: "t" },
          { name: "X-A", credential: "t" },
        ],
      }),
    ],
    ["expectedRevision", (vault) => vault.patch({ expectedRevision: 1.5 })],
    ["expectedRevision", (vault) => vault.patch({ expectedRevision: null as never })],
    ["credentials.delete[0]", (vault) => vault.patch({ credentials: { delete: [" "] } })],
    ["credentials.replace[0].name", (vault) => vault.patch({ credentials: { delete: ["t"], replace: [token] } })],
    ["credentials.add[1].name", (vault) => vault.patch({ credentials: { add: [token, token] } })],
    ["bindings.remove", (vault) => vault.patch({ bindings: { remove: ["b"] } as never })],
    [
      "bindings.add[0].match.hosts",
      (vault) =>
        vault.patch({ bindings: { add: [binding({ type: "bearer", credential: "elsewhere" }, { hosts: [] })] } }),
    ],
    ["settle", (vault) => vault.create({}, { settle: 0 } as never)],
    ["options", (vault) => vault.patch({}, 0 as never)],
    ["settleMs", (vault) => vault.patch({}, { settleMs: -1 })],
    ["settleMs", (vault) => vault.delete({ settleMs: Infinity })],
    ["name", (vault) => vault.getCredential(" ")],
    ["name", (vault) => vault.getBinding("..")],
  ])("refuses %s at the call (%#) and shows no secret", (argument, call) => {
    const { vault, sent } = vaultOf([state]);
    expect(() => call(vault)).toThrow(
      expect.objectContaining({
        argument,
        message: expect.not.stringContaining("s3cret") as string,
      }) as InvalidArgumentError,
    );
    expect(sent).toEqual([]);
  });

  it("tells a stale revision with both numbers, and keeps what the server said", async () => {
    const error = await failureOf(
      vaultOf([refusal(409, "expectedRevision 1 does not match current revision 12", "conflict")]).vault.patch({
        expectedRevision: 1,
      }),
    );
    expect(error).toBeInstanceOf(CredentialVaultConflictError);
    expect(error).toMatchObject({
      code: "conflict",
      status: 409,
      requestId: "r",
      expectedRevision: 1,
      currentRevision: 12,
    });
    expect(error.message).toMatch(/does not match current revision 12; .*get it and patch again/);
    expect(error.body).toMatch(/^expectedRevision 1/);
  });

  it.each<[SandboxError, RegExp, boolean]>([
    [refusal(409, "credential vault already exists", "conflict"), /patch it, or delete it first/, false],
    [
      refusal(412, "credential vault requires transparent mitmproxy", "unsupported"),
      /credentialProxy: \{ enabled: true \}/,
      false,
    ],
    [refusal(412, "credential vault requires egress API auth token", "unsupported"), /operator has to set one/, false],
    [
      refusal(412, "credential vault rejects insecure upstream TLS mode", "unsupported"),
      /upstream certificates/,
      false,
    ],
    [refusal(412, "credential proxy is not ready", "unavailable"), /try again later/, true],
    [
      refusal(426, "credential vault writes require TLS or loopback transport", "unsupported"),
      /written over TLS or from/,
      false,
    ],
    [refusal(404, "credential vault not found", "not-found"), /create the vault first/, false],
    // Chosen by the server for its text alone (divergence G13): there is no revision to tell.
    [refusal(409, 'credential "expectedRevision" does not exist', "conflict"), /does not exist \[conflict\]$/, false],
  ])("says what to do about %s", async (answer, advice, retryable) => {
    const error = await failureOf(vaultOf([answer], { vaultReadyTimeoutMs: 0 }).vault.patch({}));
    expect(error.message).toMatch(advice);
    expect(error).toMatchObject({ code: answer.code, status: answer.status, requestId: "r", retryable });
    expect(error.body).toBe(answer.body);
    expect(error).not.toBeInstanceOf(CredentialVaultConflictError);
  });

  it("takes a delete that was sent again and finds nothing for done", async () => {
    expect(
      await lastValueFrom(vaultOf([refusal(404, "credential vault not found", "not-found", 2)]).vault.delete()),
    ).toBeUndefined();
    expect(
      await failureOf(vaultOf([refusal(404, "credential vault not found", "not-found", 1)]).vault.delete()),
    ).toMatchObject({ code: "not-found" });
  });
});
