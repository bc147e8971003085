import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ErrorEvent } from "@rxsandbox/protocol";

/** Another copy of the module, as the CommonJS build is beside the ES modules. */
async function freshCopy() {
  vi.resetModules();
  return import("./execution-end.js");
}

describe("sharedMarks", () => {
  beforeEach(() => void vi.resetModules());

  it("lets one copy of the package read what another one marked", async () => {
    const emitter = await freshCopy();
    const reader = await freshCopy();
    expect(reader.markCode).not.toBe(emitter.markCode);
    const killed: ErrorEvent = {
      type: "error",
      timestamp: 1,
      error: { name: "CommandExecError", value: "-1", traceback: ["signal: killed"] },
    };
    emitter.markProbablyTimedOut(killed);
    expect(reader.executionEnd(killed)).toMatchObject({ kind: "signalled", probablyTimedOut: true });
    const raised: ErrorEvent = {
      type: "error",
      timestamp: 1,
      error: { name: "ValueError", value: "3", traceback: [] },
    };
    emitter.markCode(raised);
    expect(reader.executionEnd(raised)).toMatchObject({ kind: "failed" });
  });
});
