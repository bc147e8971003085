import { describe, expect, it } from "vitest";
import { SandboxError } from "@rxsandbox/transport";
import { debugLine } from "./client-events.js";

const call = { requestId: "r1", method: "GET", path: "/sandboxes" } as const;
const error = new SandboxError("network", "List sandboxes (GET /sandboxes): the connection broke");

describe("debugLine", () => {
  it("writes each event as one line with its request id", () => {
    expect(debugLine({ type: "request", ...call, attempt: 1 })).toBe("-> GET /sandboxes (r1)");
    expect(debugLine({ type: "request", ...call, attempt: 2 })).toBe("-> GET /sandboxes (r1, attempt 2)");
    expect(debugLine({ type: "response", ...call, status: 200, durationMs: 3.4 })).toBe(
      "<- 200 GET /sandboxes 3 ms (r1)",
    );
    expect(debugLine({ type: "retry", ...call, attempt: 1, delayMs: 250, cause: error })).toBe(
      ".. GET /sandboxes again in 250 ms: List sandboxes (GET /sandboxes): the connection broke [network] (r1)",
    );
    expect(debugLine({ type: "failed", ...call, error })).toBe(
      "!! GET /sandboxes: List sandboxes (GET /sandboxes): the connection broke [network] (r1)",
    );
    expect(debugLine({ type: "cleanup-failed", subject: { kind: "sandbox", id: "s1" }, error })).toBe(
      "!! sandbox s1 may have been left behind: List sandboxes (GET /sandboxes): the connection broke [network]",
    );
  });
});
