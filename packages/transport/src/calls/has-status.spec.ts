import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/errors.js";
import { SandboxError } from "../errors/sandbox-error.js";
import { hasStatus } from "./has-status.js";

const answer = (status: number, serverCode?: string) =>
  new ApiError("conflict", { detail: "refused" }, { status, serverCode });

describe("hasStatus", () => {
  it("finds an answer with the status, whatever its server code", () => {
    expect(hasStatus(answer(409), 409)).toBe(true);
    expect(hasStatus(answer(409, "SNAPSHOT::INVALID_STATE"), 409)).toBe(true);
    expect(hasStatus(answer(404), 409)).toBe(false);
  });

  it("compares the end of the server code where one is given", () => {
    expect(hasStatus(answer(409, "DOCKER::INVALID_STATE"), 409, "INVALID_STATE")).toBe(true);
    expect(hasStatus(answer(409, "DOCKER::OTHER"), 409, "INVALID_STATE")).toBe(false);
    expect(hasStatus(answer(409), 409, "INVALID_STATE")).toBe(false);
  });

  it("finds no answer in an error that is none", () => {
    expect(hasStatus(new SandboxError("network", "lost"), 404)).toBe(false);
    expect(hasStatus({ status: 404 }, 404)).toBe(false);
  });
});
