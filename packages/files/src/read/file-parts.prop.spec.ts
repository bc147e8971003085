import fc from "fast-check";
import { lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { faults } from "@rxsandbox/testkit";
import { scriptedFiles, type ScriptedFiles } from "../testing/scripted-files.js";
import { servedFile } from "../testing/served-file.js";

const numRuns = 1000;
/** A loaded machine takes its time for a thousand cases. */
const TIMEOUT_MS = 60_000;

interface Case {
  readonly content: Uint8Array;
  readonly cuts: readonly number[];
  readonly chunkBytes: number;
  readonly isClean: boolean;
  readonly sync: boolean;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  // The whole length, not the few bytes that the default size gives: most cuts would lie behind the end.
  content: fc.uint8Array({ minLength: 1, maxLength: 300, size: "max" }),
  // Each connection brings at least one byte: those that bring none wait, which has its own spec.
  cuts: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 5, size: "max" }),
  chunkBytes: fc.integer({ min: 1, max: 64 }),
  isClean: fc.boolean(),
  sync: fc.boolean(),
});

function serving({ sync, isClean, ...file }: Case): ScriptedFiles {
  return scriptedFiles(
    { "GET /files/download": servedFile({ ...file, ...(isClean && { fault: faults.cut }) }) },
    { sync },
  );
}

describe("fileParts", () => {
  it(
    "for any content, chunks and cuts, gives exactly the bytes of the file",
    async () => {
      await fc.assert(
        fc.asyncProperty(anyCase, async (given) => {
          const { files, transport } = serving(given);
          expect(await lastValueFrom(files.readBytes("/f"))).toEqual(given.content);
          expect(transport.active()).toBe(0);
        }),
        { numRuns },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "for any range and cuts, gives exactly the bytes of the range",
    async () => {
      const anyRange = fc.oneof(
        fc.record({ start: fc.nat(400) }),
        fc.record({ start: fc.nat(400), length: fc.integer({ min: 1, max: 400 }) }),
        fc.record({ last: fc.integer({ min: 1, max: 400 }) }),
      );
      await fc.assert(
        fc.asyncProperty(anyCase, anyRange, async (given, range) => {
          const { content } = given;
          const read = await lastValueFrom(serving(given).files.readBytes("/f", { range })).catch(
            (error: { readonly code: string }) => error.code,
          );
          if ("last" in range) expect(read).toEqual(content.slice(-range.last));
          else if (range.start >= content.length) expect(read).toBe("limit-exceeded");
          else
            expect(read).toEqual(
              content.slice(range.start, "length" in range ? range.start + range.length : undefined),
            );
        }),
        { numRuns },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "for any mark and cuts, gives the same pulled as in a sink, and a progress that rises to the end",
    async () => {
      await fc.assert(
        fc.asyncProperty(anyCase, fc.integer({ min: 1, max: 100 }), async (given, highWaterMark) => {
          const pulled: number[] = [];
          for await (const chunk of serving(given).files.iterateBytes("/f", { highWaterMark })) pulled.push(...chunk);
          expect(Uint8Array.from(pulled)).toEqual(given.content);
          const sunk: number[] = [];
          const sink = (chunk: Uint8Array) => Promise.resolve().then(() => sunk.push(...chunk));
          const progress = await lastValueFrom(
            serving(given).files.download("/f", sink, { highWaterMark }).pipe(toArray()),
          );
          expect(Uint8Array.from(sunk)).toEqual(given.content);
          const totalBytes = given.content.length;
          expect([progress[0], progress.at(-1)]).toEqual([
            { loadedBytes: 0, totalBytes },
            { loadedBytes: totalBytes, totalBytes },
          ]);
          expect(progress.map(({ loadedBytes }) => loadedBytes)).toEqual(
            [...new Set(progress.map(({ loadedBytes }) => loadedBytes))].sort((a, b) => a - b),
          );
        }),
        { numRuns },
      );
    },
    TIMEOUT_MS,
  );
});
