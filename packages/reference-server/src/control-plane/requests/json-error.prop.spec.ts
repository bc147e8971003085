import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonError } from "./json-error.js";

describe("findJsonError", () => {
  it("for any JSON cut short, names a position inside or at the end of the rest", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length);
        let isValid = true;
        try {
          JSON.parse(cut);
        } catch {
          isValid = false;
        }
        const { position } = findJsonError(cut);
        if (!isValid) expect(position).toBeLessThanOrEqual(cut.length);
      }),
    );
  });
});
