import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import ts from "typescript";
import { loadWithFault, withFault, type PlantedFault } from "../../proof/testing/with-fault.js";
import type { BodyEnd, Decoded } from "./decoded.js";
import { decodeVectors } from "./decode-vectors.js";
import { parseBytes } from "./parse-bytes.js";
import { parseWhole } from "./parse-whole.js";

type Parse = (chunks: readonly Uint8Array[], end: BodyEnd) => Decoded;

const vectors = decodeVectors();

const inWhole: readonly PlantedFault[] = [
  { find: "/\\r\\n|\\r|\\n/", put: "/\\r\\n|\\n/" },
  { find: "/\\r\\n|\\r|\\n/", put: "/\\r|\\n/" },
  { find: "/\\r\\n|\\r|\\n/", put: "/\\r\\n|\\r|\\n|\\u2028/" },
  { find: "/\\r\\n|\\r|\\n/", put: "/\\n\\n/" },
  { find: '!line.startsWith(":"));\n  const isSse', put: "true);\n  const isSse" },
  { find: "/^(data|event|id|retry)(:|$)/", put: "/^(data)(:|$)/" },
  { find: "/^(data|event|id|retry)(:|$)/", put: "/^(data|event|id|retry): /" },
  { find: 'if (end === "cut") return', put: 'if (end === "cut" && left !== "") return' },
  { find: '{ items: [...items, last], ended: "complete" }', put: '{ items, ended: "complete" }' },
  { find: 'left.trim() === "" ? "complete" : "truncated"', put: '"complete"' },
  {
    find: 'const items = lines.filter((line) => line.trim() !== "" && !line.startsWith(":")).map(whole);',
    put: 'const items = lines.filter((line) => line.trim() !== "").map(whole);',
  },
  { find: 'rest.startsWith(":") ? "" : rest', put: "rest" },
  { find: 'data.join("\\n")', put: 'data.join("")' },
  { find: 'data.join("\\n")', put: 'data[data.length - 1] ?? ""' },
  { find: "    data = [];\n", put: "" },
  { find: 'if (text.trim() !== "") items', put: "items" },
  { find: 'if (line === "") dispatch();', put: "if (true) dispatch();" },
  { find: 'else if (line.startsWith("{")) {\n      dispatch();', put: 'else if (line.startsWith("{")) {' },
  { find: 'line.startsWith("{")', put: 'line.startsWith("[")' },
  { find: 'if (name !== "data") return [];', put: 'if (!name.startsWith("data")) return [];' },
  { find: '.replace(/^ /, "")', put: ".trimStart().slice(1)" },
  { find: 'colon === -1 ? "" :', put: 'colon === -1 ? "x" :' },
  { find: "frame(text) ?? { malformed: true }", put: "frame(text) ?? { event: { type: text } }" },
  { find: " || Array.isArray(value)", put: "" },
  { find: 'typeof type === "string"', put: "type !== undefined" },
  { find: 'typeof code !== "string" && typeof', put: 'typeof code !== "string" || typeof' },
  { find: "new TextDecoder()", put: 'new TextDecoder("utf-8", { ignoreBOM: true })' },
  { find: "new TextDecoder()", put: 'new TextDecoder("latin1")' },
  { find: "new TextDecoder().decode(bytes)", put: 'chunks.map((chunk) => new TextDecoder().decode(chunk)).join("")' },
];

const inBytes: readonly PlantedFault[] = [
  { find: "byte === LF && afterCr", put: "false" },
  { find: "afterCr = byte === CR;", put: "" },
  { find: "if (byte === LF || byte === CR)", put: "if (byte === LF)" },
  { find: "if (hasData) data.push(LF);", put: "" },
  { find: "    data = [];\n    hasData", put: "    hasData" },
  { find: 'if (state === "start") dispatch();', put: 'if (state === "start") data = [];' },
  { find: 'else if (state === "bare") emit(line);\n', put: "\n" },
  { find: '    line = [];\n    state = "start";', put: '    state = "start";' },
  { find: 'if (byte === colon) state = "ignored";', put: 'if (byte === colon) state = "bare";' },
  { find: 'if (framing === "sse") dispatch();', put: "" },
  { find: 'framing === "bare" ? "bare" : "name"', put: '"name"' },
  { find: 'framing === "sse" || isFieldName(line)', put: "isFieldName(line)" },
  { find: "          if (isData(line)) beginData();\n", put: "" },
  { find: 'isData(line) ? "after-colon" : "ignored"', put: '"after-colon"' },
  { find: "if (byte !== space) data.push(byte);", put: "" },
  { find: 'if (end === "cut") return { items, ended: "truncated" };', put: "" },
  { find: 'if (framing === "sse" && state === "name" && isData(line)) beginData();', put: "items.pop();" },
  { find: '(state === "name" && !isFieldName(line))', put: "false" },
  { find: "{ items: [...items, last], ended", put: "{ items, ended" },
  { find: "if (seen < 3) yield* mark.slice(0, seen);\n      seen = 4;", put: "seen = 4;" },
  { find: "seen = 4;", put: "seen = 0;" },
  { find: "if (seen < 3 && byte === mark[seen])", put: "if (false)" },
  {
    find: "  let seen = 0;\n  for (const chunk of chunks) {",
    put: "  let seen = 0;\n  for (const chunk of chunks) {\n    seen = 0;",
  },
  {
    find: 'if (Object.prototype.toString.call(value) !== "[object Object]") return undefined;',
    put: "if (value === undefined) return undefined;",
  },
  { find: 'key === "code" || key', put: "key" },
  { find: "(point << 6) | (byte & 0x3f)", put: "(point << 6) | (byte & 0x1f)" },
  { find: "byte & 0x07", put: "byte & 0x03" },
  { find: "if (byte === 0xed) upper = 0x9f;", put: "" },
  { find: "        at--;\n", put: "" },
];

/** Names of the vectors on which two parsers differ; a crash differs from everything. */
function seenBy(faulty: Parse, other: Parse): readonly string[] {
  const run = (parse: Parse, chunks: readonly Uint8Array[], end: BodyEnd): string => {
    try {
      return JSON.stringify(parse(chunks, end));
    } catch (error) {
      return `threw ${String(error)}`;
    }
  };
  return vectors
    .filter(({ chunks, end }) => run(faulty, chunks, end) !== run(other, chunks, end))
    .map(({ name }) => name);
}

describe("a fault planted in parseWhole", () => {
  it("is planted in at least 20 places", () => expect(inWhole.length).toBeGreaterThanOrEqual(20));

  it.each(inWhole)("is seen by parseBytes: $find -> $put", (fault) => {
    const { parseWhole: faulty } = withFault(new URL("./parse-whole.ts", import.meta.url), fault) as {
      readonly parseWhole: Parse;
    };
    expect(seenBy(faulty, parseBytes)).not.toEqual([]);
  });
});

describe("a fault planted in parseBytes", () => {
  it("is planted in at least 20 places", () => expect(inBytes.length).toBeGreaterThanOrEqual(20));

  it.each(inBytes)("is seen by parseWhole: $find -> $put", (fault) => {
    const { parseBytes: faulty } = withFault(new URL("./parse-bytes.ts", import.meta.url), fault) as {
      readonly parseBytes: Parse;
    };
    expect(seenBy(faulty, parseWhole)).not.toEqual([]);
  });
});

describe("a fault planted in another layout", () => {
  it.each<[string, URL, readonly PlantedFault[]]>([
    ["parseWhole", new URL("./parse-whole.ts", import.meta.url), inWhole],
    ["parseBytes", new URL("./parse-bytes.ts", import.meta.url), inBytes],
  ])("still finds its place in %s", (name, source, faults) => {
    const text = reprinted(readFileSync(source, "utf8"));
    for (const fault of faults) expect(loadWithFault(text, fault)).toHaveProperty(name);
  });
});

describe("parseWhole and parseBytes", () => {
  it("differ on no vector without a fault", () => expect(seenBy(parseWhole, parseBytes)).toEqual([]));
});

/** The same program in another layout: other indentation, other line breaks, no comments. */
function reprinted(text: string): string {
  const source = ts.createSourceFile("reprinted.ts", text, ts.ScriptTarget.ES2022);
  return ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.CarriageReturnLineFeed }).printFile(source);
}
