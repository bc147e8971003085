import { describe, expect, it } from "vitest";
import { decodeVectors } from "./decode-vectors.js";
import { parseBytes } from "./parse-bytes.js";
import { parseWhole } from "./parse-whole.js";

const vectors = decodeVectors();

describe("decodeVectors", () => {
  it("are a hundred and more, all different", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(100);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(
      new Set(vectors.map(({ chunks, end }) => JSON.stringify([chunks.map((chunk) => [...chunk]), end]))).size,
    ).toBe(vectors.length);
  });
});

describe.each([
  ["parseWhole", parseWhole],
  ["parseBytes", parseBytes],
])("%s", (_, parse) => {
  it.each(vectors)("reads: $name", ({ chunks, end, items, ended }) => {
    expect(parse(chunks, end)).toEqual({ items, ended });
  });
});
