import type { Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VAULT_SETTLE_MS } from "@rxsandbox/protocol";
import type { SandboxError } from "@rxsandbox/transport";
import type { CredentialVault, VaultWriteOptions } from "./credential-vault.js";
import { refusal, state, token, vaultOf } from "../testing/vault-of.js";

describe("credentialVault before the interception process is up", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    // Pauses are not spread.
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
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
    for (const [answer, vaultReadyTimeoutMs] of [
      [refusal(412, "credential vault requires transparent mitmproxy", "unsupported"), 30_000],
      [refusal(503, "", "unavailable"), 30_000],
      [notReady, 0],
    ] as const) {
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
    const subscription = work.subscribe({
      next: () => seen.push("next"),
      error: ({ code }: SandboxError) => seen.push(code),
      complete: () => seen.push("complete"),
    });
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
    expect(watch(write(vaultOf([state], { vaultSettleMs: 60_000 }).vault, { settleMs: 0 })).seen).toEqual([
      "next",
      "complete",
    ]);
    const long = watch(write(vaultOf([state]).vault, { settleMs: 2 ** 32 }));
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(long.seen).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(long.seen).toEqual(["next", "complete"]);
  });

  it("holds back no error", () => {
    expect(
      watch(
        vaultOf([refusal(409, "credential vault already exists", "conflict")], { vaultSettleMs: 60_000 }).vault.create(
          {},
        ),
      ).seen,
    ).toEqual(["conflict"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not undo a write that is left during the wait, and leaves no timer", () => {
    const { vault, sent } = vaultOf([state], { vaultSettleMs: 60_000 });
    const { seen, subscription } = watch(vault.create({}));
    subscription.unsubscribe();
    expect([sent.length, seen, vi.getTimerCount()]).toEqual([1, [], 0]);
  });

  it.each(["get", "listCredentials", "listBindings"] as const)(
    "lets %s, which writes nothing, answer at once",
    (read) => {
      expect(watch(vaultOf([state], { vaultSettleMs: 60_000 }).vault[read]()).seen).toEqual(["next", "complete"]);
    },
  );
});
