import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../errors/errors.js";
import {
  integerFrom,
  listOf,
  mapOf,
  nonEmptyListOf,
  objectOf,
  omitUndefined,
  oneOf,
  readFlag,
  readFunction,
  readNonNegative,
  readObject,
  readOptions,
  readPositive,
  readSecondsAsMs,
  readString,
  readText,
  refuseDuplicates,
  textWhere,
  type Read,
} from "./arguments.js";

const point = objectOf({ label: readText }, { x: integerFrom(0) });

/** What a check returns, or its message. */
function outcomeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    return (error as InvalidArgumentError).message;
  }
}

describe("argument checks", () => {
  it.each<[string, Read<unknown>, unknown, unknown]>([
    ["a string", readString, "", ""],
    ["a string", readString, 5, "a.b must be a string [invalid-argument]"],
    ["a text", readText, " x ", " x "],
    ["a text", readText, " \n", "a.b must not be blank [invalid-argument]"],
    ["a text", readText, undefined, "a.b must be a string [invalid-argument]"],
    ["a path", textWhere((text) => text.startsWith("/"), "must begin with /"), "/a", "/a"],
    [
      "a path",
      textWhere((text) => text.startsWith("/"), "must begin with /"),
      "a",
      "a.b must begin with / [invalid-argument]",
    ],
    ["a function", readFunction, Date.now, Date.now],
    ["a function", readFunction, true, "a.b must be a function [invalid-argument]"],
    ["a flag", readFlag, false, false],
    ["a flag", readFlag, "true", "a.b must be true or false [invalid-argument]"],
    ["one of two", oneOf("in", "out"), "out", "out"],
    ["one of two", oneOf("in", "out"), "IN", 'a.b must be "in" or "out" [invalid-argument]'],
    ["one of three", oneOf("a", "b", "c"), undefined, 'a.b must be "a", "b" or "c" [invalid-argument]'],
    ["one of one", oneOf("inline"), "vault", 'a.b must be "inline" [invalid-argument]'],
    ["an integer", integerFrom(1), 1, 1],
    ["an integer", integerFrom(1), 0, "a.b must be an integer of 1 or more, got 0 [invalid-argument]"],
    [
      "an integer",
      integerFrom(1),
      2 ** 53,
      "a.b must be an integer of 1 or more, got 9007199254740992 [invalid-argument]",
    ],
    ["a port", integerFrom(1, 65_535), 65_536, "a.b must be an integer from 1 to 65535, got 65536 [invalid-argument]"],
    ["a port", integerFrom(1, 65_535), "80", "a.b must be an integer from 1 to 65535 [invalid-argument]"],
    ["a positive number", readPositive, 0.5, 0.5],
    ["a positive number", readPositive, 0, "a.b must be a finite number above 0, got 0 [invalid-argument]"],
    [
      "a positive number",
      readPositive,
      Infinity,
      "a.b must be a finite number above 0, got Infinity [invalid-argument]",
    ],
    ["a number from 0", readNonNegative, 0, 0],
    ["a number from 0", readNonNegative, NaN, "a.b must be a finite number of 0 or more, got NaN [invalid-argument]"],
    ["seconds", readSecondsAsMs, 1.5, 1500],
    ["seconds", readSecondsAsMs, 1e-9, 1],
    ["seconds", readSecondsAsMs, -1, "a.b must be a finite number above 0, got -1 [invalid-argument]"],
    ["an object", readObject, [], "a.b must be an object [invalid-argument]"],
    ["an object", readObject, null, "a.b must be an object [invalid-argument]"],
    ["fields", point, { x: 1, label: undefined, z: undefined }, { x: 1 }],
    ["fields", point, { label: "p" }, "a.b.x must be an integer of 0 or more [invalid-argument]"],
    ["fields", point, { x: 1, label: "" }, "a.b.label must not be blank [invalid-argument]"],
    ["fields", point, { x: 1, y: 2 }, "a.b.y is not a known option [invalid-argument]"],
    ["fields", point, { x: 1, toString: 2 }, "a.b.toString is not a known option [invalid-argument]"],
    ["a list", listOf(readText), ["x"], ["x"]],
    ["a list", listOf(readText), "x", "a.b must be an array [invalid-argument]"],
    [
      "a list",
      listOf(point),
      [{ x: 0 }, { x: -1 }],
      "a.b[1].x must be an integer of 0 or more, got -1 [invalid-argument]",
    ],
    ["a list with items", nonEmptyListOf(readText), [], "a.b must not be empty [invalid-argument]"],
    ["a map", mapOf(readText), { a: "x", b: undefined }, { a: "x" }],
    ["a map", mapOf(readText), { "a/b": "" }, 'a.b["a/b"] must not be blank [invalid-argument]'],
    ["a map", mapOf(readText), { a: 1 }, "a.b.a must be a string [invalid-argument]"],
    [
      "a map with checked names",
      mapOf(readText, readText),
      { " ": "x" },
      'a.b[" "] must not be blank [invalid-argument]',
    ],
  ])("reads %s (%#)", (_, read, value, expected) => {
    expect(outcomeOf(() => read("a.b", value))).toEqual(expected);
  });

  it.each<[unknown, unknown]>([
    [{ name: "n" }, { name: "n" }],
    [
      { name: "n", size: 2 },
      { name: "n", size: 2 },
    ],
    [{ nmae: "n" }, "nmae is not a known option [invalid-argument]"],
    [{ "na-me": "n" }, '["na-me"] is not a known option [invalid-argument]'],
    [{ size: 2 }, "name must be a string [invalid-argument]"],
    [undefined, "options must be an object [invalid-argument]"],
    ["n", "options must be an object [invalid-argument]"],
  ])("reads the options %j", (value, expected) => {
    expect(outcomeOf(() => readOptions(value, { size: integerFrom(1) }, { name: readText }))).toEqual(expected);
  });

  it("copies what it reads", () => {
    const given = { tags: ["a"], env: { A: "1" } };
    const read = readOptions(given, { tags: listOf(readText), env: mapOf(readString) });
    given.tags.push("b");
    given.env.A = "2";
    expect(read).toEqual({ tags: ["a"], env: { A: "1" } });
  });

  it("leaves out what is undefined, and nothing else", () => {
    const kept: { readonly a?: number; readonly b: null; readonly c: boolean } = omitUndefined({
      a: undefined as number | undefined,
      b: null,
      c: false,
    });
    expect(Object.entries(kept)).toEqual([
      ["b", null],
      ["c", false],
    ]);
  });

  it("keeps an entry with the name __proto__", () => {
    const given: unknown = JSON.parse('{"__proto__":"x"}');
    expect(Object.entries(mapOf(readString)("env", given))).toEqual([["__proto__", "x"]]);
  });

  it("refuses the second of two items with one key", () => {
    const paths = (index: number): string => `names[${index}]`;
    expect(outcomeOf(() => refuseDuplicates(["a", "b"], (name) => name, paths))).toBeUndefined();
    expect(outcomeOf(() => refuseDuplicates(["a", "b", "A"], (name) => name.toLowerCase(), paths))).toBe(
      "names[2] is duplicated [invalid-argument]",
    );
  });

  it("shows no text that it refuses: it may be a secret", () => {
    const reads: readonly Read<unknown>[] = [readFlag, readPositive, integerFrom(1), oneOf("a"), readObject];
    for (const read of reads) expect(outcomeOf(() => read("apiKey", "s3cret"))).not.toContain("s3cret");
  });
});
