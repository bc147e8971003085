import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeJson, goInt64, goString, type GoType } from "./decode-json.js";
import { type JsonNode, parseJson } from "./parse-json.js";

function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case "null":
      return null;
    case "number":
      return Number(node.raw);
    case "array":
      return node.items.map(plain);
    case "object":
      return Object.fromEntries(node.entries.map(([key, value]) => [key, plain(value)]));
    default:
      return node.value;
  }
}

describe("parseJson", () => {
  it("reads any JSON value as the platform does", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(JSON.stringify(plain(parseJson(json, "whole")))).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
  });

  it("refuses every proper prefix of an object with the end-of-input text", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const json = JSON.stringify(value);
        for (let end = 1; end < json.length; end += 1) {
          expect(() => parseJson(json.slice(0, end), "whole")).toThrow("unexpected end of JSON input");
          expect(() => parseJson(json.slice(0, end), "first")).toThrow("unexpected EOF");
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["", "first", "EOF"],
    ["{} trailing", "whole", "invalid character 't' after top-level value"],
    ["{a", "first", "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1', "first", "invalid character '1' after object key"],
    ['{"a":1 "b"', "first", "invalid character '\"' after object key:value pair"],
    ["[1 2]", "first", "invalid character '2' after array element"],
    ["nope", "first", "invalid character 'o' in literal null (expecting 'u')"],
    ['"\\x"', "first", "invalid character 'x' in string escape code"],
    ["-x", "first", "invalid character 'x' in numeric literal"],
  ] as const)("says of %j (%s): %s", (text, extent, message) => {
    expect(() => parseJson(text, extent)).toThrow(message);
  });

  it("ignores what follows the first value when asked to", () => {
    expect(plain(parseJson('{"a":1} garbage', "first"))).toEqual({ a: 1 });
  });
});

describe("decodeJson", () => {
  const type: GoType = { kind: "struct", name: "model.Thing", fields: { name: goString, size: goInt64 } };
  const decode = (json: string): unknown => decodeJson(parseJson(json, "first"), type);

  it("matches names without case, ignores unknown ones and treats null as absent", () => {
    expect(decode('{"NAME":"a","other":1,"size":null}')).toEqual({ name: "a" });
  });

  it.each([
    ['{"size":1.5}', "json: cannot unmarshal number 1.5 into Go struct field Thing.size of type int64"],
    ['{"name":1}', "json: cannot unmarshal number into Go struct field Thing.name of type string"],
    ["[]", "json: cannot unmarshal array into Go value of type model.Thing"],
  ])("says of %s: %s", (json, message) => {
    expect(() => decode(json)).toThrow(message);
  });
});
