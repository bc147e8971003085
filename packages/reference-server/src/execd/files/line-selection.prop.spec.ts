import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { selectLines } from "./line-selection.js";

async function select(chunks: readonly Buffer[], offset: number, limit: number): Promise<string> {
  const parts: Buffer[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const part of selectLines(source, offset, limit)) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}

describe("selectLines", () => {
  it("selects the same lines for any chunking", async () => {
    const text = fc
      .array(fc.constantFrom("a", "\n", "\r", "\r\n", "é"), { maxLength: 40 })
      .map((atoms) => atoms.join(""));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.nat({ max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        async (whole, cut, offset, limit) => {
          const bytes = Buffer.from(whole);
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += cut + 1) chunks.push(bytes.subarray(at, at + cut + 1));
          const lines = whole.split("\n").map((line) => line.replace(/\r$/, ""));
          if (whole.endsWith("\n") || whole === "") lines.pop();
          expect(await select(chunks, offset, limit)).toBe(lines.slice(offset - 1, offset - 1 + limit).join("\n"));
        },
      ),
      { numRuns: 500 },
    );
  });
});
