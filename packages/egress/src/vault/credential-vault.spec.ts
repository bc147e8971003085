import { lastValueFrom, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VAULT_SETTLE_MS } from "@rxsandbox/protocol";
import { ApiError, type InvalidArgumentError, type SandboxError } from "@rxsandbox/transport";
import { egressOf } from "../testing/egress-of.js";
import { CredentialVaultConflictError } from "./credential-vault-conflict-error.js";
import type { CredentialAuth } from "./credential-binding.js";
import type { CredentialVault } from "./credential-vault.js";
import type { VaultWriteOptions } from "./vault-write-options.js";

const token = { name: "t", source: { type: "inline", value: "s3cret" } } as const;
const binding = (auth: CredentialAuth, match: object = {}) => ({ name: "b", match: { hosts: ["api.example.com"], ...match }, auth });
const bearer = binding({ type: "bearer", credential: "t" });
const state = { revision: 1, credentials: [{ name: "t", sourceType: "inline", revision: 1 }], bindings: [{ name: "b", revision: 1, match: { hosts: ["a.b"] }, auth: { type: "bearer" } }] };

const vaultOf = (answers: readonly unknown[], options = {}) => {
  const { egress, sent } = egressOf(answers, { vaultSettleMs: 0, ...options });
  return { vault: egress.credentialVault, sent };
};
const refusal = (status: number, body: string, code: SandboxError["code"] = "invalid-request", attempts = 1) => new ApiError(code, { what: "Do it", method: "POST", path: "/credential-vault", detail: body }, { status, body: `${body}\n`, requestId: "r", attempts });
const failureOf = (call: Observable<unknown>) => lastValueFrom(call).then(() => { throw new Error("it succeeded"); }, (error: unknown) => error as SandboxError);

describe("credentialVault", () => {
  it("sends each call as the sidecar takes it", async () => {
    const { vault, sent } = vaultOf([state]);
    await lastValueFrom(vault.create({ credentials: [{ name: "t", source: { value: "s3cret" } }], bindings: [bearer] }));
    await lastValueFrom(vault.get());
    await lastValueFrom(vault.patch({ expectedRevision: 0, credentials: { delete: ["old"], replace: [token], add: [] }, bindings: { delete: ["b"] } }));
    await lastValueFrom(vault.delete());
    await lastValueFrom(vault.listCredentials());
    await lastValueFrom(vault.listBindings());
    expect(sent.map(({ method, path, json }) => [method, path, json])).toEqual([
      ["POST", "/credential-vault", { credentials: [token], bindings: [bearer] }],
      ["GET", "/credential-vault", undefined],
      ["PATCH", "/credential-vault", { expectedRevision: 0, credentials: { delete: ["old"], replace: [token] }, bindings: { delete: ["b"] } }],
      ["DELETE", "/credential-vault", undefined],
      ["GET", "/credential-vault/credentials", undefined],
      ["GET", "/credential-vault/bindings", undefined],
    ]);
    expect(sent.map(({ secrets }) => secrets)).toEqual([["s3cret"], undefined, ["s3cret"], undefined, undefined, undefined]);
  });

  it("asks for one by a name of any characters", async () => {
    const { vault, sent } = vaultOf([{ name: "n", sourceType: "inline", revision: 1 }]);
    await lastValueFrom(vault.getCredential(" a/b ?\ud800"));
    await lastValueFrom(vault.getBinding("é"));
    expect(sent.map(({ path }) => path)).toEqual(["/credential-vault/credentials/a%2Fb%20%3F%EF%BF%BD", "/credential-vault/bindings/%C3%A9"]);
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
    await lastValueFrom(vault.patch({ credentials: { add: [{ name: "n", source: { value: "added" } }], replace: [{ name: "t", source: { value: "new" } }] } }));
    expect(known).toEqual(["s3cret 0", "new 1", "added 1"]);
  });

  it("hands on what the protocol shows and nothing else", async () => {
    const careless = { ...state, secret: "x", credentials: [{ name: "t", sourceType: "inline", revision: 1, value: "s3cret" }] };
    expect(await lastValueFrom(vaultOf([careless]).vault.get())).toEqual(state);
    expect(await lastValueFrom(vaultOf([{ revision: 3, bindings: [{ name: "b", revision: 3 }] }]).vault.listBindings())).toEqual([{ name: "b", revision: 3 }]);
  });

  it.each([null, [], {}, { ...state, revision: "1" }, { ...state, credentials: null }, { ...state, bindings: [{}] }, { ...state, bindings: [{ name: "b", revision: 1, match: {} }] }, { ...state, bindings: [{ name: "b", revision: 1, auth: { type: 1 } }] }])(
    "refuses the answer %j",
    async (answer) => expect(await failureOf(vaultOf([answer]).vault.get())).toMatchObject({ code: "protocol" }),
  );

  const match = (given: object) => (vault: CredentialVault) => vault.create({ credentials: [token], bindings: [binding({ type: "bearer", credential: "t" }, given)] });
  const auth = (given: object) => (vault: CredentialVault) => vault.create({ credentials: [token], bindings: [binding(given as CredentialAuth)] });
  const credential = (given: object) => (vault: CredentialVault) => vault.create({ credentials: [given as typeof token] });

  it.each<[string, (vault: CredentialVault) => unknown]>([
    ["request", (vault) => vault.create(null as never)],
    ["request.secrets", (vault) => vault.create({ secrets: [] } as never)],
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
    ["bindings[0].auth.headers[0].credential", auth({ type: "customHeaders", headers: [{ name: "x", credential: "u" }] })],
    ["bindings[0].auth.headers[1].name", auth({ type: "customHeaders", headers: [{ name: "x-a", credential: "t" }, { name: "X-A", credential: "t" }] })],
    ["expectedRevision", (vault) => vault.patch({ expectedRevision: 1.5 })],
    ["expectedRevision", (vault) => vault.patch({ expectedRevision: null as never })],
    ["credentials.delete[0]", (vault) => vault.patch({ credentials: { delete: [" "] } })],
    ["credentials.replace[0].name", (vault) => vault.patch({ credentials: { delete: ["t"], replace: [token] } })],
    ["credentials.add[1].name", (vault) => vault.patch({ credentials: { add: [token, token] } })],
    ["bindings.remove", (vault) => vault.patch({ bindings: { remove: ["b"] } as never })],
    ["bindings.add[0].match.hosts", (vault) => vault.patch({ bindings: { add: [binding({ type: "bearer", credential: "elsewhere" }, { hosts: [] })] } })],
    ["options.settle", (vault) => vault.create({}, { settle: 0 } as never)],
    ["options", (vault) => vault.patch({}, 0 as never)],
    ["settleMs", (vault) => vault.patch({}, { settleMs: -1 })],
    ["settleMs", (vault) => vault.delete({ settleMs: Infinity })],
    ["name", (vault) => vault.getCredential(" ")],
    ["name", (vault) => vault.getBinding("..")],
  ])("refuses %s at the call (%#) and shows no secret", (argument, call) => {
    const { vault, sent } = vaultOf([state]);
    expect(() => call(vault)).toThrow(expect.objectContaining({ argument, message: expect.not.stringContaining("s3cret") as string }) as InvalidArgumentError);
    expect(sent).toEqual([]);
  });

  it("tells a stale revision with both numbers, and keeps what the server said", async () => {
    const error = await failureOf(vaultOf([refusal(409, "expectedRevision 1 does not match current revision 12", "conflict")]).vault.patch({ expectedRevision: 1 }));
    expect(error).toBeInstanceOf(CredentialVaultConflictError);
    expect(error).toMatchObject({ code: "conflict", status: 409, requestId: "r", expectedRevision: 1, currentRevision: 12 });
    expect(error.message).toMatch(/does not match current revision 12; .*get it and patch again/);
    expect(error.body).toMatch(/^expectedRevision 1/);
  });

  it.each<[SandboxError, RegExp, boolean]>([
    [refusal(409, "credential vault already exists", "conflict"), /patch it, or delete it first/, false],
    [refusal(412, "credential vault requires transparent mitmproxy", "unsupported"), /credentialProxy: \{ enabled: true \}/, false],
    [refusal(412, "credential vault requires egress API auth token", "unsupported"), /operator has to set one/, false],
    [refusal(412, "credential vault rejects insecure upstream TLS mode", "unsupported"), /upstream certificates/, false],
    [refusal(412, "credential proxy is not ready", "unavailable"), /try again later/, true],
    [refusal(426, "credential vault writes require TLS or loopback transport", "unsupported"), /written over TLS or from/, false],
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
    expect(await lastValueFrom(vaultOf([refusal(404, "credential vault not found", "not-found", 2)]).vault.delete())).toBeUndefined();
    expect(await failureOf(vaultOf([refusal(404, "credential vault not found", "not-found", 1)]).vault.delete())).toMatchObject({ code: "not-found" });
  });
});

describe("credentialVault before the interception process is up", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const notReady = refusal(412, "credential proxy is not ready", "unavailable");
  const stateAfter = (refusals: number) => [...Array.from({ length: refusals }, () => notReady), state];

  it.each<[string, (vault: CredentialVault) => Observable<unknown>]>([
    ["create", (vault) => vault.create({})],
    ["patch", (vault) => vault.patch({})],
    ["delete", (vault) => vault.delete()],
  ])("lets %s wait", async (_, call) => {
    const { vault, sent } = vaultOf(stateAfter(4));
    let isDone = false;
    call(vault).subscribe({ complete: () => (isDone = true) });
    await vi.advanceTimersByTimeAsync(399);
    expect([sent.length, isDone]).toEqual([4, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect([sent.length, isDone]).toEqual([5, true]);
  });

  it("gives up after 30 s and stops when it is left", async () => {
    const { vault, sent } = vaultOf([notReady]);
    const seen: unknown[] = [];
    vault.create({}).subscribe({ error: (error: SandboxError) => seen.push(error.code) });
    const left = vault.create({}).subscribe();
    await vi.advanceTimersByTimeAsync(1000);
    left.unsubscribe();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(seen).toEqual(["unavailable"]);
    const asked = sent.length;
    expect(asked).toBeLessThan(60);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(asked);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits for nothing else, and not at all when told so", async () => {
    for (const [answer, vaultReadyTimeoutMs] of [[refusal(412, "credential vault requires transparent mitmproxy", "unsupported"), 30_000], [refusal(503, "", "unavailable"), 30_000], [notReady, 0]] as const) {
      const { vault, sent } = vaultOf([answer], { vaultReadyTimeoutMs });
      let code = "";
      vault.create({}).subscribe({ error: (error: SandboxError) => (code = error.code) });
      expect([code, sent.length]).toEqual([answer.code, 1]);
    }
  });

  it("asks once for what it reads", async () => {
    const { vault, sent } = vaultOf([notReady]);
    vault.get().subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
  });
});

describe("credentialVault after the answer to a write", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const writes: readonly [string, (vault: CredentialVault, options?: VaultWriteOptions) => Observable<unknown>][] = [
    ["create", (vault, options) => vault.create({}, options)],
    ["patch", (vault, options) => vault.patch({ credentials: { replace: [token] } }, options)],
    ["delete", (vault, options) => vault.delete(options)],
  ];
  const watch = (work: Observable<unknown>) => {
    const seen: string[] = [];
    const subscription = work.subscribe({ next: () => seen.push("next"), error: ({ code }: SandboxError) => seen.push(code), complete: () => seen.push("complete") });
    return { seen, subscription };
  };

  it.each(writes)("lets %s emit when the sidecar must have dropped what it had read", async (_, write) => {
    const { vault, sent } = vaultOf([state], { vaultSettleMs: undefined });
    const { seen } = watch(write(vault));
    await vi.advanceTimersByTimeAsync(VAULT_SETTLE_MS - 1);
    expect([sent.length, seen]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual(["next", "complete"]);
  });

  it.each(writes)("lets %s wait as long as the client or the call says, longer than a timer can", (_, write) => {
    expect(watch(write(vaultOf([state], { vaultSettleMs: 0 }).vault)).seen).toEqual(["next", "complete"]);
    expect(watch(write(vaultOf([state], { vaultSettleMs: 60_000 }).vault, { settleMs: 0 })).seen).toEqual(["next", "complete"]);
    const long = watch(write(vaultOf([state]).vault, { settleMs: 2 ** 32 }));
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(long.seen).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(long.seen).toEqual(["next", "complete"]);
  });

  it("holds back no error", () => {
    expect(watch(vaultOf([refusal(409, "credential vault already exists", "conflict")], { vaultSettleMs: 60_000 }).vault.create({})).seen).toEqual(["conflict"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not undo a write that is left during the wait, and leaves no timer", () => {
    const { vault, sent } = vaultOf([state], { vaultSettleMs: 60_000 });
    const { seen, subscription } = watch(vault.create({}));
    subscription.unsubscribe();
    expect([sent.length, seen, vi.getTimerCount()]).toEqual([1, [], 0]);
  });

  it.each(["get", "listCredentials", "listBindings"] as const)("lets %s, which writes nothing, answer at once", (read) => {
    expect(watch(vaultOf([state], { vaultSettleMs: 60_000 }).vault[read]()).seen).toEqual(["next", "complete"]);
  });
});
