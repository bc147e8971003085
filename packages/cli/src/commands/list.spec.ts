import { describe, expect, it } from "vitest";
import { sandboxTable } from "./list.js";

const now = Date.parse("2026-01-01T12:00:00Z");
const info = {
  id: "sb-1",
  image: { uri: "python:3.11" },
  status: { state: "Running" },
  metadata: {},
  entrypoint: [],
  createdAt: new Date(now - 90_000),
  expiresAt: new Date(now + 600_000),
};

describe("sandboxTable", () => {
  it("lines up its columns", () => {
    const lines = sandboxTable(
      [info, { ...info, id: "sandbox-2", createdAt: new Date(now - 3 * 3_600_000), expiresAt: null }],
      now,
    ).split("\n");
    expect(lines).toEqual([
      "ID         STATE    IMAGE        AGE  EXPIRES",
      "sb-1       Running  python:3.11  90s  in 10m",
      "sandbox-2  Running  python:3.11  3h   never",
      "",
    ]);
  });

  it("has a header without sandboxes", () => {
    expect(sandboxTable([], now)).toBe("ID  STATE  IMAGE  AGE  EXPIRES\n");
  });
});
