import fc from "fast-check";

/** Ways to cut bytes into chunks: one byte each, all in one, or at any offsets, also inside characters. */
export type Chunking =
  | { readonly kind: "each" }
  | { readonly kind: "whole" }
  | { readonly kind: "cuts"; readonly fractions: readonly number[] };

/** Any chunking of a body of any length. */
export function chunking(): fc.Arbitrary<Chunking> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Chunking>({ kind: "each" }) },
    { weight: 1, arbitrary: fc.constant<Chunking>({ kind: "whole" }) },
    {
      weight: 6,
      arbitrary: fc
        .array(fc.nat({ max: 9999 }), { maxLength: 12 })
        .map((fractions): Chunking => ({ kind: "cuts", fractions })),
    },
  );
}

/** Cuts bytes by a chunking. The chunks joined are the bytes; none is empty. */
export function cutInto(bytes: Uint8Array, how: Chunking): readonly Uint8Array[] {
  if (how.kind === "each") return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const inner =
    how.kind === "whole" ? [] : how.fractions.map((fraction) => Math.floor((fraction * bytes.length) / 10_000));
  const borders = [...new Set([0, ...inner, bytes.length])].sort((a, b) => a - b);
  return borders.slice(1).map((border, index) => bytes.slice(borders[index], border));
}
