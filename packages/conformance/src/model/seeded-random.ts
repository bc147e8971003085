import { createHash } from "node:crypto";

/** Random values that a seed fixes. */
export interface SeededRandom {
  /** A 31-bit seed of its own for other generators. */
  readonly seed: number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One of the values. */
  pick<T>(values: readonly [T, ...T[]]): T;
  /** `length` characters of a to z and 0 to 9, beginning with a letter: a nonce that no server knows. */
  token(length?: number): string;
}

/** Makes the random values of one name within a run: equal seeds and names give equal values. */
export function seededRandom(seed: number, name: string): SeededRandom {
  const digest = createHash("sha256").update(`${seed}\n${name}`).digest();
  const own = digest.readUInt32LE(0) & 0x7fff_ffff;
  let state = digest.readUInt32LE(4) | 1;
  // xorshift32: the quality of a nonce is enough, and it is the same everywhere.
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const integer = (min: number, max: number): number => min + (next() % (max - min + 1));
  return {
    seed: own,
    integer,
    pick: <T>(values: readonly [T, ...T[]]): T => values[integer(0, values.length - 1)] ?? values[0],
    token: (length = 12) =>
      Array.from({ length }, (_, at) =>
        (at === 0 ? "abcdefghijklmnopqrstuvwxyz" : "abcdefghijklmnopqrstuvwxyz0123456789").charAt(
          integer(0, at === 0 ? 25 : 35),
        ),
      ).join(""),
  };
}
