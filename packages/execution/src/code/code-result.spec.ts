import { describe, expect, it } from "vitest";
import { codeResult } from "./code-result.js";

describe("codeResult", () => {
  it("understands both names of plain text and keeps what the server sent", () => {
    const renamed = { text: "4", "text/html": "<b>4</b>" };
    expect(codeResult({ results: renamed })).toEqual({
      mime: { "text/plain": "4", "text/html": "<b>4</b>" },
      text: "4",
      raw: renamed,
    });
    expect(codeResult({ results: { "text/plain": "4" } })).toMatchObject({ mime: { "text/plain": "4" }, text: "4" });
  });

  it("prefers the MIME name where a server sends both", () => {
    expect(codeResult({ results: { text: "old", "text/plain": "new" } })).toMatchObject({
      mime: { "text/plain": "new" },
      text: "new",
    });
  });

  it("has no text when the wire has none, or one that is not a string", () => {
    expect(codeResult({ results: { "image/png": "aGk=" } })).toMatchObject({ text: null });
    expect(codeResult({ results: { text: { a: 1 } } })).toMatchObject({ mime: { "text/plain": { a: 1 } }, text: null });
  });
});
