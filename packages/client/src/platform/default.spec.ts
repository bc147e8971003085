import { describe, expect, it } from "vitest";
import { platform } from "./default.js";

describe("platform (default)", () => {
  it("has no environment, goes through the server proxy and uses fetch", async () => {
    expect(platform.readEnvironment("OPEN_SANDBOX_DOMAIN")).toBeUndefined();
    expect(platform.defaultAccess).toBe("proxy");
    const transport = platform.createTransport({});
    expect(transport.capabilities.connectionClose).toBe(false);
    await transport.close();
  });

  it("refuses a dispatcher by name", () => {
    expect(() => platform.createTransport({ dispatcher: {} })).toThrow(
      expect.objectContaining({ argument: "dispatcher" }) as Error,
    );
  });
});
