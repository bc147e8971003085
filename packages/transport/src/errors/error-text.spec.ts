import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { composeMessage } from "./error-text.js";
import { SandboxError, isSandboxError } from "./sandbox-error.js";

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

describe("isSandboxError", () => {
  it("knows errors of another copy of the package in another realm, by their code", () => {
    const foreign: unknown = runInNewContext(
      `Object.defineProperty(Object.assign(new Error("m"), { code: "network" }), Symbol.for("rxsandbox.dev/SandboxError"), { value: true })`,
    );
    expect(foreign).not.toBeInstanceOf(Error);
    expect([isSandboxError(foreign), isSandboxError(foreign, "network"), isSandboxError(foreign, "timeout")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("takes nothing else for one", () => {
    for (const other of [undefined, null, "network", new Error("network"), { code: "network" }])
      expect(isSandboxError(other)).toBe(false);
  });
});
