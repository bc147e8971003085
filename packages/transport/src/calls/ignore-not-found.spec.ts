import { lastValueFrom, of, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/errors.js";
import { SandboxError } from "../errors/sandbox-error.js";
import { SandboxGoneError } from "../errors/sandbox-gone-error.js";
import { ignoreNotFound } from "./ignore-not-found.js";

describe("ignoreNotFound", () => {
  it.each([
    [new ApiError("not-found", { detail: "gone" }, { status: 404 })],
    [new ApiError("not-found", { detail: "gone" }, { status: 410 })],
    [new SandboxGoneError({ detail: "killed" }, { sandboxId: "s", state: undefined })],
  ])("takes %s for success", async (error) => {
    expect(await lastValueFrom(throwError(() => error).pipe(ignoreNotFound()))).toBeUndefined();
  });

  it.each([
    [new ApiError("unsupported", { detail: "no such route" }, { status: 404 })],
    [new SandboxError("network", { detail: "lost" })],
    [new Error("foreign")],
  ])("passes %s on", async (error) => {
    await expect(lastValueFrom(throwError(() => error).pipe(ignoreNotFound()))).rejects.toBe(error);
  });

  it("passes a success on", async () => {
    expect(await lastValueFrom(of(undefined).pipe(ignoreNotFound()))).toBeUndefined();
  });
});
