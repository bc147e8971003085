import { describe, expect, it } from "vitest";
import { composeMessage } from "./error-text.js";
import { SandboxError } from "./sandbox-error.js";

describe("composeMessage", () => {
  it.each([
    [{ detail: "d" }, "d [network]"],
    [{ what: "Get it", detail: "d" }, "Get it: d [network]"],
    [{ what: "Get it", method: "GET", detail: "d" }, "Get it (GET): d [network]"],
    [{ what: "Get it", method: "GET", path: "/x", detail: "d", advice: "a" }, "Get it (GET /x): d; a [network]"],
    [
      { what: "Get it", detail: "A sentence of the server.", advice: "a" },
      "Get it: A sentence of the server; a [network]",
    ],
  ])("composes %j", (text, message) => {
    expect(composeMessage("network", text)).toBe(message);
  });
});

describe("SandboxError", () => {
  it("takes a string for the detail of its message", () => {
    expect(new SandboxError("network", "It broke")).toMatchObject({
      message: "It broke [network]",
      text: { detail: "It broke" },
    });
  });

  it("has only the fields that are known, and keeps its parts out of logs", () => {
    const error = new SandboxError("network", { what: "Get it", detail: "d" }, { commandId: "c" });
    expect(Object.keys(error)).toContain("commandId");
    for (const name of ["sessionId", "contextId", "retryAfterSeconds", "text", "body"])
      expect(Object.keys(error)).not.toContain(name);
  });
});
