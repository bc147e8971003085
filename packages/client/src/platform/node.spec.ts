import { afterEach, describe, expect, it, vi } from "vitest";
import { platform } from "./node.js";

describe("platform (node)", () => {
  afterEach(() => void vi.unstubAllEnvs());

  it("reads the environment, where empty means unset", () => {
    vi.stubEnv("OPEN_SANDBOX_API_KEY", "key");
    vi.stubEnv("OPEN_SANDBOX_DOMAIN", "");
    expect(platform.readEnvironment("OPEN_SANDBOX_API_KEY")).toBe("key");
    expect(platform.readEnvironment("OPEN_SANDBOX_DOMAIN")).toBeUndefined();
  });

  it("reaches sandboxes directly over connections of its own", async () => {
    expect(platform.defaultAccess).toBe("direct");
    const transport = platform.createTransport({});
    expect(transport.capabilities.connectionClose).toBe(true);
    await transport.close();
  });

  it("hands requests to a given dispatcher and leaves it open", async () => {
    const dispatched: unknown[] = [];
    const close = vi.fn();
    const dispatcher = {
      dispatch: (
        options: unknown,
        handler: { onError?: (error: Error) => void; onResponseError?: (controller: unknown, error: Error) => void },
      ) => {
        dispatched.push(options);
        handler.onResponseError?.(undefined, new Error("mine"));
        handler.onError?.(new Error("mine"));
        return true;
      },
      close,
    };
    const transport = platform.createTransport({ dispatcher });
    const failure = await new Promise((resolve) =>
      transport.request({ method: "GET", url: "http://cp.test/v1", headers: {} }).subscribe({ error: resolve }),
    );
    expect(failure).toMatchObject({ name: "TransportFailure" });
    expect(dispatched).toHaveLength(1);
    await transport.close();
    expect(close).not.toHaveBeenCalled();
  });
});
