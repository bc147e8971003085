import { encodeTextBytes } from "../../shared/go-json/encode-json.js";
import { parseExports } from "./export-dump.js";
import { MARKERS, type SessionState } from "./session-script.js";

/** A line reached {@link MAX_LINE_BYTES}. */
export class OverlongLine extends Error {
  override readonly name: string = "OverlongLine";
}

/** Longest line of a session run, exclusive (`execd.md` 2.3). */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Splits the merged output of a session run into lines and takes the control markers out (`execd.md` 2.3, Sessions).
 *
 * Lines end at LF, one CR before it is removed, blank lines are dropped, a partial line waits for {@link finish}.
 * Bounds: one line, at most {@link MAX_LINE_BYTES}; a longer one throws {@link OverlongLine}. The dump of variables is
 * bounded by the same figure.
 */
export class SessionOutput {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #dump: string[] = [];
  #dumpLength = 0;
  #isInsideDump = false;
  #cwd: string | undefined;
  #hasEnded = false;

  /** The escaped texts of the lines that `chunk` completes. */
  *push(chunk: Buffer): Generator<string> {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      yield* this.#line(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    this.#heldBytes += rest.length;
    if (this.#heldBytes >= MAX_LINE_BYTES) throw new OverlongLine();
    if (rest.length > 0) this.#held.push(Buffer.from(rest));
  }

  /** The last line, when it has no terminator. */
  *finish(): Generator<string> {
    if (this.#heldBytes > 0) yield* this.#line(Buffer.alloc(0));
  }

  /** What the run left for the next one; `undefined` when it ended before its trailer. */
  get state(): SessionState | undefined {
    if (!this.#hasEnded) return undefined;
    return { variables: parseExports(this.#dump.join("\n")), ...(this.#cwd === undefined ? {} : { cwd: this.#cwd }) };
  }

  *#line(rest: Buffer): Generator<string> {
    if (this.#heldBytes + rest.length >= MAX_LINE_BYTES) throw new OverlongLine();
    const bytes = this.#held.length === 0 ? rest : Buffer.concat([...this.#held, rest]);
    this.#held = [];
    this.#heldBytes = 0;
    if (this.#isInsideDump || bytes[0] === UNDERSCORE) {
      const text = bytes.toString("utf8");
      if (this.#isControl(text)) return;
    }
    const line = bytes[bytes.length - 1] === CR ? bytes.subarray(0, -1) : bytes;
    if (line.length > 0) yield encodeTextBytes(line);
  }

  #isControl(text: string): boolean {
    if (text === MARKERS.dumpStart) {
      this.#isInsideDump = true;
      return true;
    }
    if (text === MARKERS.dumpEnd) {
      this.#isInsideDump = false;
      return true;
    }
    if (this.#isInsideDump) {
      this.#dumpLength += text.length;
      if (this.#dumpLength <= MAX_LINE_BYTES) this.#dump.push(text);
      return true;
    }
    if (text.startsWith(MARKERS.cwd)) {
      this.#cwd = text.slice(MARKERS.cwd.length);
      return true;
    }
    if (!text.startsWith(MARKERS.exitCode)) return false;
    // The trailer comes last, so what a command prints in its place is overwritten.
    this.#hasEnded = true;
    return true;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const UNDERSCORE = 0x5f;
