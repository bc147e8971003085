import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { SandboxReadyTimeoutException } from "../errors/exceptions.js";
import { Sandbox } from "./sandbox.js";

/** Waits with an object that has nothing of a sandbox but two members. */
async function outcomeOf(ping: () => Promise<boolean>, useServerProxy = false): Promise<unknown> {
  const fake = { connectionConfig: { domain: "cp.test:8080", useServerProxy }, health: { ping } };
  return Sandbox.prototype.waitUntilReady
    .call(fake as never, { readyTimeoutSeconds: 0.01, pollingIntervalMillis: 1 })
    .catch((error: unknown) => error);
}

describe("Sandbox.prototype.waitUntilReady", () => {
  it("needs no more than connectionConfig and health, and says why it gave up", async () => {
    const error = await outcomeOf(() => Promise.reject(new Error("connect ECONNREFUSED 127.0.0.1:8080")));
    expect(error).toBeInstanceOf(SandboxReadyTimeoutException);
    expect((error as Error).message).toMatch(
      /^Sandbox health check timed out after 0\.01s \(\d+ attempts\)\. Last health check error: connect ECONNREFUSED 127\.0\.0\.1:8080\. Connection context: domain=cp\.test:8080, useServerProxy=false\. .*try useServerProxy=true\.$/,
    );
  });

  it("says what failed where the error is of another realm, as the platform's are in Jest", async () => {
    const error = await outcomeOf(() => Promise.reject(runInNewContext(`new TypeError("fetch failed")`)));
    expect((error as Error).message).toContain("Last health check error: fetch failed. ");
  });

  it("tells a ping that says no from one that fails", async () => {
    const ping = vi.fn(() => Promise.resolve(false));
    const error = await outcomeOf(ping, true);
    expect((error as Error).message).toContain(
      "attempts). Health check returned false continuously. Connection context: domain=cp.test:8080, useServerProxy=true.",
    );
    expect(ping).toHaveBeenCalled();
  });

  it("resolves with the first yes", async () => {
    expect(await outcomeOf(vi.fn().mockResolvedValueOnce(false).mockResolvedValue(true))).toBeUndefined();
  });
});
