import { describe, expect, it } from "vitest";
import { parseSandboxInfo } from "./sandbox-info.js";

const wire = {
  id: "s",
  status: { state: "Running", lastTransitionAt: "2026-11-23T02:03:37.325529Z" },
  createdAt: "2026-11-23T02:03:37.325529Z",
};

describe("parseSandboxInfo", () => {
  it("parses dates and says null for a sandbox that never expires", () => {
    expect(parseSandboxInfo(wire)).toEqual({
      id: "s",
      status: { state: "Running", lastTransitionAt: new Date("2026-11-23T02:03:37.325Z") },
      metadata: {},
      createdAt: new Date("2026-11-23T02:03:37.325Z"),
      expiresAt: null,
    });
  });

  it("treats an explicit null as absent", () => {
    expect(parseSandboxInfo({ ...wire, expiresAt: null, image: null, metadata: null }).expiresAt).toBeNull();
  });

  it("hides the label of the create", () => {
    expect(parseSandboxInfo({ ...wire, metadata: { a: "1", "rxsandbox.dev/create-id": "x" } }).metadata).toEqual({
      a: "1",
    });
  });

  it.each([
    null,
    [],
    "x",
    {},
    { id: "s" },
    { ...wire, id: "" },
    { ...wire, status: {} },
    { ...wire, createdAt: "soon" },
    { ...wire, expiresAt: 5 },
  ])("refuses %j", (value) => {
    expect(() => parseSandboxInfo(value)).toThrow(/\[protocol\]$/);
  });
});
