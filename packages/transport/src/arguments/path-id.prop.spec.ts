import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPathId, namePathSegment, readPathId } from "./path-id.js";

const wrongIds = [
  ".",
  "..",
  "%2e%2e",
  "%2E.",
  "%2f",
  "a/b",
  "a\\b",
  "../x",
  "/",
  "a b",
  " a",
  "a\n",
  "a\u0000",
  "a\u007f",
  "a\u200b",
  "a?b",
  "a#b",
  "\ud800",
  "a%",
  "\u00a0",
];

/** The last segment of a path as a server reads it that follows the URL standard. */
function segmentOf(path: string): string {
  return decodeURIComponent(
    new URL(`http://h/things/${path}/run`).pathname.replace(/^\/things\//, "").replace(/\/run$/, ""),
  );
}

describe("readPathId", () => {
  it.each(wrongIds)("refuses %j and names the argument", (id) => {
    expect(isPathId(id)).toBe(false);
    expect(() => readPathId("sandboxId", id)).toThrow(
      expect.objectContaining({
        code: "invalid-argument",
        argument: "sandboxId",
        message: expect.stringMatching(/id without|blank/) as string,
      }),
    );
  });

  it.each([
    ["must be a string", undefined],
    ["must be a string", 3],
    ["must not be blank", ""],
    ["must not be blank", " \t"],
  ])("says %s of %j", (problem, id) => {
    expect(() => readPathId("id", id)).toThrow(problem);
  });

  it("accepts what servers hand out", () => {
    for (const id of ["0f8fad5b-d9cb-469f-a165-70867728950e", "sb-1", "a.b", "...", "x_y~z", "name:tag@1", "ключ"])
      expect(readPathId("id", id)).toBe(id);
  });

  it("for any accepted text, the path of the escaped id ends in that id", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string({ unit: fc.constantFrom(".", "%", "2", "e", "/", "a", "\\") }),
        ),
        (text) => {
          if (isPathId(text)) expect(segmentOf(encodeURIComponent(text))).toBe(text);
        },
      ),
    );
  });
});

describe("namePathSegment", () => {
  it.each([".", "..", " .. ", "%2e", "%2E.", ".%2e", "a\u0000b", "a\nb", "", " ", 3, undefined])(
    "refuses %j",
    (name) => {
      expect(() => namePathSegment("name", name)).toThrow(
        expect.objectContaining({ code: "invalid-argument", argument: "name" }),
      );
    },
  );

  it("for any accepted name, the path of the segment ends in that name without the blanks around it", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(".", "%", "2", "e", "/", "a", " ") })),
        (name) => {
          let segment;
          try {
            segment = namePathSegment("name", name);
          } catch {
            return;
          }
          expect(segmentOf(segment)).toBe(name.trim());
        },
      ),
    );
  });
});
