import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ReplayBuffer } from "./replay-buffer.js";

describe("ReplayBuffer", () => {
  it("keeps the last MiB of any appends, whatever their sizes", () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 4000, max: 5000 }),
      fc.integer({ min: 200_000, max: 1_300_000 }),
    );
    fc.assert(
      fc.property(fc.array(size, { maxLength: 12 }), fc.double({ min: 0, max: 1, noNaN: true }), (sizes, share) => {
        const buffer = new ReplayBuffer();
        const all: Buffer[] = [];
        for (const [index, length] of sizes.entries()) {
          const bytes = Buffer.alloc(
            length,
            Buffer.from(Array.from({ length: 251 }, (_, at) => (at * 31 + index * 7) % 251)),
          );
          all.push(bytes);
          buffer.append(bytes);
        }
        const whole = Buffer.concat(all);
        const asked = Math.floor(share * (whole.length + 2));
        const first = Math.max(asked, whole.length - 1024 * 1024);
        const found = buffer.since(asked);
        expect(buffer.endOffset).toBe(whole.length);
        expect(found?.offset).toBe(first < whole.length ? first : undefined);
        expect(found === undefined || found.bytes.equals(whole.subarray(first))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
