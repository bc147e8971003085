import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteScript, scriptBytes, type ByteScript } from "./byte-script.js";
import { faults } from "./faults.js";

const script: fc.Arbitrary<ByteScript> = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 6 }), { maxLength: 5 })
  .map((chunks) => byteScript(...chunks));
const offset = fc.nat({ max: 40 });
const many = { numRuns: 1000 };
const bytesOf = (of: ByteScript): number[] => [...scriptBytes(of)];

describe("faults", () => {
  it("for any offsets, cutting again keeps every byte and puts a border at each of them", () => {
    fc.assert(
      fc.property(script, fc.array(offset, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (of, offsets, size) => {
        const total = bytesOf(of).length;
        const split = faults.splitAt(of, offsets);
        expect(bytesOf(split)).toEqual(bytesOf(of));
        const borders = new Set<number>([0]);
        let at = 0;
        for (const step of split) if (step.kind === "bytes") borders.add((at += step.bytes.length));
        for (const wanted of offsets.filter((value) => value <= total)) expect(borders).toContain(wanted);
        const pieces = faults.chunksOf(of, size);
        expect(bytesOf(pieces)).toEqual(bytesOf(of));
        for (const step of pieces) if (step.kind === "bytes") expect(step.bytes.length).toBeLessThanOrEqual(size);
      }),
      many,
    );
  });

  it("for any offset, cut, reset and stall deliver exactly the bytes before it and then what they say", () => {
    fc.assert(
      fc.property(script, offset, (of, at) => {
        const before = bytesOf(of).slice(0, at);
        expect(bytesOf(faults.cut(of, at))).toEqual(before);
        expect(faults.cut(of, at).every((step) => step.kind === "bytes")).toBe(true);
        for (const [broken, last] of [
          [faults.reset(of, at), { kind: "fail", failure: "reset" }],
          [faults.reset(of, at, "timeout"), { kind: "fail", failure: "timeout" }],
          [faults.stall(of, at), { kind: "stall" }],
        ] as const) {
          expect(bytesOf(broken)).toEqual(before);
          expect(broken.at(-1)).toEqual(last);
        }
      }),
      many,
    );
  });

  it("for any range, duplicate sends those bytes twice; for any offset, delay keeps every byte", () => {
    fc.assert(
      fc.property(script, offset, offset, (of, one, other) => {
        const bytes = bytesOf(of);
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        expect(bytesOf(faults.duplicate(of, from, to))).toEqual([
          ...bytes.slice(0, to),
          ...bytes.slice(from, to),
          ...bytes.slice(to),
        ]);
        const late = faults.delay(of, from, 50);
        expect(bytesOf(late)).toEqual(bytes);
        expect(late).toContainEqual({ kind: "delay", ms: 50 });
      }),
      many,
    );
  });
});
