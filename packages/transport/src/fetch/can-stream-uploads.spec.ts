import { afterEach, describe, expect, it, vi } from "vitest";
import { canStreamUploads } from "./can-stream-uploads.js";

describe("canStreamUploads", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is true where fetch takes a stream", () => {
    expect(canStreamUploads()).toBe(true);
  });

  it("is false where fetch turns a stream into a text", () => {
    vi.stubGlobal(
      "Request",
      class {
        headers = new Headers({ "content-type": "text/plain;charset=UTF-8" });
      },
    );
    expect(canStreamUploads()).toBe(false);
  });

  it.each(["document", "importScripts"])("is false in browsers (%s)", (name) => {
    vi.stubGlobal(name, {});
    expect(canStreamUploads()).toBe(false);
  });
});
