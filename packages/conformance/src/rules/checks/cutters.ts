/** Where to cut: any numbers; each cutter makes of them borders of its own kind. */
export type Cutter = (bytes: Uint8Array, numbers: readonly number[]) => readonly Uint8Array[];

const CR = 13;

function at(bytes: Uint8Array, borders: readonly number[]): readonly Uint8Array[] {
  const all = [...new Set([0, ...borders.filter((border) => border > 0 && border < bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  );
  return all.slice(1).map((border, index) => bytes.subarray(all[index], border));
}

/** One of the places for each number; none where there are no places. */
function among(places: readonly number[], numbers: readonly number[]): readonly number[] {
  return places.length === 0 ? [] : numbers.map((number) => places[number % places.length] ?? 0);
}

function places(bytes: Uint8Array, isPlace: (byte: number, before: number) => boolean): readonly number[] {
  const found: number[] = [];
  for (let index = 1; index < bytes.length; index++)
    if (isPlace(bytes[index] ?? 0, bytes[index - 1] ?? 0)) found.push(index);
  return found;
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** The border kinds that parsers break at. */
export const cutters = {
  whole: (bytes) => [bytes],
  each: (bytes) => Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)),
  anywhere: (bytes, numbers) =>
    at(
      bytes,
      numbers.map((number) => number % (bytes.length + 1)),
    ),
  insideCharacters: (bytes, numbers) => at(bytes, among(places(bytes, isContinuation), [...numbers, 0])),
  afterCr: (bytes, numbers) =>
    at(
      bytes,
      among(
        places(bytes, (_, before) => before === CR),
        [...numbers, 0],
      ),
    ),
} as const satisfies Record<string, Cutter>;

/** Each kind of border in its turn. */
export const mixedCutter: Cutter = (bytes, numbers) => {
  const kinds = [cutters.anywhere, cutters.insideCharacters, cutters.afterCr, cutters.each];
  return kinds[(numbers[0] ?? 0) % kinds.length]?.(bytes, numbers) ?? [bytes];
};

/** Puts an empty chunk before, between or behind the chunks for each number. */
export function withEmptyChunks(chunks: readonly Uint8Array[], numbers: readonly number[]): readonly Uint8Array[] {
  const result = [...chunks];
  for (const number of [...numbers, 0]) result.splice(number % (result.length + 1), 0, new Uint8Array(0));
  return result;
}

/** Whether a border is inside a character. */
export function splitsCharacter(chunks: readonly Uint8Array[]): boolean {
  return chunks.some((chunk, index) => index > 0 && chunk.length > 0 && isContinuation(chunk[0] ?? 0));
}

/** Whether a chunk that is not the last ends in CR. */
export function endsInCr(chunks: readonly Uint8Array[]): boolean {
  return chunks.some((chunk, index) => index < chunks.length - 1 && chunk.at(-1) === CR);
}
