import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metadataFilter } from "./list-sandboxes.js";

/** What a real server does with the value after the query layer (`lifecycle.md` 3): strict pairs, decoded once more. */
function serverReads(filter: string | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(filter ?? ""));
}

describe("metadataFilter", () => {
  it("for any labels, is read back as the same labels", () => {
    const text = fc.string({ unit: "grapheme-ascii" });
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((key) => key !== "" && key !== "__proto__"),
          text,
        ),
        (metadata) => {
          expect(serverReads(metadataFilter(metadata))).toEqual({ ...metadata });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("is absent without labels", () => {
    expect(metadataFilter({})).toBeUndefined();
  });
});
