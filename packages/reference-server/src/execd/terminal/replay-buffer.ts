/** What {@link ReplayBuffer.since} found. */
export interface Replay {
  /** Offset of the first byte; later than asked for when that was dropped. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The last output of a terminal by its offset from the start, at most 1 MiB (`execd.md` 9, Offsets). */
export class ReplayBuffer {
  #ring = Buffer.alloc(0);
  #kept = 0;
  #end = 0;

  /** Count of all bytes ever appended. */
  get endOffset(): number {
    return this.#end;
  }

  append(bytes: Buffer): void {
    const kept = bytes.subarray(-MAX_BYTES);
    this.#grow(this.#kept + kept.length);
    const size = this.#ring.length;
    const at = (this.#end + bytes.length - kept.length) % size;
    const copied = kept.copy(this.#ring, at);
    kept.copy(this.#ring, 0, copied);
    this.#end += bytes.length;
    this.#kept = Math.min(size, this.#kept + kept.length);
  }

  /** A copy of everything kept from `offset` on; `undefined` when that is nothing. */
  since(offset: number): Replay | undefined {
    const first = Math.max(offset, this.#end - this.#kept);
    if (first >= this.#end) return undefined;
    const bytes = Buffer.alloc(this.#end - first);
    const at = first % this.#ring.length;
    const copied = this.#ring.copy(bytes, 0, at, at + bytes.length);
    this.#ring.copy(bytes, copied, 0, bytes.length - copied);
    return { offset: first, bytes };
  }

  /** Makes room, by doubling: most terminals never write a megabyte. */
  #grow(wanted: number): void {
    const size = this.#ring.length;
    if (wanted <= size || size === MAX_BYTES) return;
    let larger = Math.max(FIRST_BYTES, size);
    while (larger < wanted && larger < MAX_BYTES) larger *= 2;
    const kept = this.since(0);
    this.#ring = Buffer.alloc(larger);
    if (kept === undefined) return;
    const copied = kept.bytes.copy(this.#ring, kept.offset % larger);
    kept.bytes.copy(this.#ring, 0, copied);
  }
}

const FIRST_BYTES = 4096;
const MAX_BYTES = 1024 * 1024;
