import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileNamePattern } from "./name-pattern.js";

/** A pattern as a tree, with its own meaning: the names that are left over after it has taken a part of one. */
interface Tree {
  readonly text: string;
  readonly rests: (name: readonly string[]) => readonly (readonly string[])[];
}

const letters = ["a", "b", "é", "😀", "-", ".", ",", "*"] as const;
const letter = fc.constantFrom(...letters);
const escaped = (character: string): string => (/[a-zé😀.-]/u.test(character) ? character : `\\${character}`);

const one = (text: string, accepts: (character: string) => boolean): Tree => ({
  text,
  rests: (name) => (name[0] !== undefined && accepts(name[0]) ? [name.slice(1)] : []),
});
const tree = fc.letrec<{ term: Tree; sequence: Tree }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small" },
    letter.map((character) => one(escaped(character), (other) => other === character)),
    fc.constant<Tree>({
      text: "*",
      rests: (name) => Array.from({ length: name.length + 1 }, (_, index) => name.slice(index)),
    }),
    fc.constant(one("?", () => true)),
    fc
      .tuple(fc.boolean(), fc.uniqueArray(fc.constantFrom<string>("a", "b", "é", "."), { minLength: 1 }))
      .map(([isNegated, members]) =>
        one(`[${isNegated ? "^" : ""}${members.join("")}]`, (character) => members.includes(character) !== isNegated),
      ),
    fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((parts): Tree => ({
      text: `{${parts.map(({ text }) => text).join(",")}}`,
      rests: (name) => parts.flatMap(({ rests }) => rests(name)),
    })),
  ),
  sequence: fc.array(tie("term"), { maxLength: 4 }).map((parts): Tree => ({
    text: parts.map(({ text }) => text).join(""),
    rests: (name) => parts.reduce<readonly (readonly string[])[]>((left, { rests }) => left.flatMap(rests), [name]),
  })),
}));

describe("compileNamePattern", () => {
  it("for any pattern and name, matches as trying every way does", () => {
    let matched = 0;
    fc.assert(
      fc.property(
        tree.sequence.filter(({ text }) => !text.includes("**")),
        fc.array(letter, { maxLength: 6 }),
        ({ text, rests }, name) => {
          const expected = rests(name).some(({ length }) => length === 0);
          matched += expected ? 1 : 0;
          expect(compileNamePattern(text)?.(name.join(""))).toBe(expected);
        },
      ),
      { numRuns: 5000 },
    );
    expect(matched).toBeGreaterThan(200);
  });

  // Ways to match them: more than 10^15 each. A search by trying would not end.
  it.each([
    ["*a", 10, "*b"],
    ["*a", 240, "*b"],
    ["{a,aa,*}", 500, "b"],
    ["{a*,{a*,a*}}", 200, "b"],
  ])("ends soon on a pattern with many ways to fail (H8): %s, %i times, and %s", (part, times, end) => {
    const matches = compileNamePattern(`${part.repeat(times)}${end}`);
    expect(matches?.("a".repeat(250))).toBe(false);
    expect(matches?.(`${"a".repeat(250)}b`)).toBe(true);
  });

  it("takes braces up to 100 deep, and no more", () => {
    const nested = (depth: number): string => "{".repeat(depth) + "a" + "}".repeat(depth);
    expect(compileNamePattern(nested(100))?.("a")).toBe(true);
    expect(compileNamePattern(nested(101))).toBeUndefined();
    expect(compileNamePattern("{".repeat(100_000))).toBeUndefined();
  });
});
