import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { OutputTail } from "./output-tail.js";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "rxsandbox-tail-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const always = (): boolean => true;

/** Texts of the lines a tail reports when the pieces are written one by one, with a poll after each. */
async function tailOf(pieces: readonly Buffer[]): Promise<readonly string[]> {
  const descriptor = openSync(join(directory, "output"), "w+");
  try {
    const texts: string[] = [];
    const tail = new OutputTail(descriptor, {
      line: (text) => void texts.push(JSON.parse(`"${text}"`) as string),
      longLine: async (parts) => {
        let text = "";
        for await (const part of parts) text += JSON.parse(`"${part}"`) as string;
        texts.push(text);
      },
    });
    for (const piece of pieces) {
      writeSync(descriptor, piece);
      await tail.poll(always);
    }
    await tail.finish(always);
    return texts;
  } finally {
    closeSync(descriptor);
  }
}

/** The rules of execd.md 2.3 on the whole text, by regular expression instead of by scanning. */
function expectedLines(text: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line === "" ? "\n" : line));
}

describe("OutputTail", () => {
  it("reports the same lines for any way in which output is written", async () => {
    const atom = fc.constantFrom("\n", "\r", "\r\n", "a", "é", "😀", "\0", "{}", "<&>");
    const piece = fc.array(atom, { maxLength: 12 }).map((atoms) => Buffer.from(atoms.join("")));
    const cut = fc.tuple(fc.array(piece, { maxLength: 8 }), fc.infiniteStream(fc.nat({ max: 5 })));
    await fc.assert(
      fc.asyncProperty(cut, async ([pieces, cuts]) => {
        const whole = Buffer.concat(pieces);
        // Cut anywhere, inside characters and between CR and LF too.
        const written: Buffer[] = [];
        for (let at = 0; at < whole.length;) {
          const length = (cuts.next().value ?? 0) + 1;
          written.push(whole.subarray(at, at + length));
          at += length;
        }
        expect(await tailOf(written)).toEqual(expectedLines(whole.toString("utf8")));
      }),
      { numRuns: 300 },
    );
  });

  it("replaces each invalid byte by itself", async () => {
    expect(await tailOf([Buffer.from([0x78, 0xff, 0xfe, 0x0a, 0xe2, 0x82, 0x0a])])).toEqual([
      "x\ufffd\ufffd",
      "\ufffd\ufffd",
    ]);
  });

  it("reports a line beyond what it holds in memory whole", async () => {
    const line = Buffer.from("é".repeat(900_000));
    const texts = await tailOf([line.subarray(0, 1_000_001), line.subarray(1_000_001), Buffer.from("\nnext")]);
    expect(texts.map((text) => text.length)).toEqual([900_000, 4]);
  });

  it("loses what was truncated away and stays where it was", async () => {
    const path = join(directory, "truncated");
    const descriptor = openSync(path, "w+");
    const texts: string[] = [];
    const tail = new OutputTail(descriptor, { line: (text) => void texts.push(text), longLine: async () => {} });
    writeSync(descriptor, "one\n");
    await tail.poll(always);
    closeSync(openSync(path, "w"));
    writeSync(descriptor, "two\n", 0);
    await tail.poll(always);
    writeSync(descriptor, "three\n", 4);
    await tail.finish(always);
    closeSync(descriptor);
    expect(texts).toEqual(["one", "three"]);
  });
});
