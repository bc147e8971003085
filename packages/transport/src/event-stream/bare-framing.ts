import type { TextUnit } from "@rxsandbox/protocol";
import { createByteBuffer } from "./byte-buffer.js";
import { eventTooLarge } from "./event-size.js";
import { isBlank, type Framing, type FrameTarget } from "./frame-target.js";
import { createOutputFrameReader } from "./output-frame.js";
import { wholeUtf8 } from "./whole-utf8.js";

const LF = 10;
const CR = 13;
const COLON = 58;

/**
 * The framing of a real daemon: one JSON object per line, blank lines between them (`execd.md` 2.1). Comment lines are
 * legal, the last line needs no terminator.
 *
 * JSON has no raw CR or LF inside a value, so either byte ends a line and CRLF is one end and one blank line. Only
 * whole lines are decoded, hence no character is ever cut.
 */
export function createBareFraming(maxEventBytes: number, unit: TextUnit, target: FrameTarget): Framing {
  const outputFrames = createOutputFrameReader(unit);
  const pending = createByteBuffer();

  function keep(bytes: Uint8Array): void {
    if (bytes.length === 0 || target.stopped) return;
    if (pending.length + bytes.length > maxEventBytes) throw eventTooLarge(maxEventBytes);
    pending.append(bytes);
  }

  function readLines(lines: Uint8Array): void {
    // Remembered over the lines: in a stream without LF a search to the end for each of them would be quadratic.
    let lf = -1;
    const lineEnd = (start: number): number => {
      if (lf < start) {
        const found = lines.indexOf(LF, start);
        lf = found === -1 ? lines.length : found;
      }
      const cr = lines.subarray(start, lf).indexOf(CR);
      return cr === -1 ? lf : start + cr;
    };
    for (let start = 0; start < lines.length && !target.stopped;) {
      if (isLineEnd(lines[start])) {
        start++;
        continue;
      }
      const event = outputFrames.read(lines, start);
      const next = event === undefined ? lineEnd(start) + 1 : outputFrames.next;
      if (next - 1 - start > maxEventBytes) throw eventTooLarge(maxEventBytes);
      if (event === undefined) readLine(wholeUtf8.decode(lines.subarray(start, next - 1)), target);
      else target.event(event);
      start = next;
    }
  }

  /** Completes the line that earlier chunks began; returns the index after its end, or the length when it goes on. */
  function finishLine(bytes: Uint8Array): number {
    const lf = bytes.indexOf(LF);
    const line = lf === -1 ? bytes : bytes.subarray(0, lf);
    const cr = line.indexOf(CR);
    const end = cr === -1 ? line.length : cr;
    keep(line.subarray(0, end));
    if (end === bytes.length) return end;
    flush();
    return end + 1;
  }

  function flush(): void {
    readLines(pending.view());
    pending.clear();
  }

  return {
    push(bytes) {
      const start = pending.length === 0 ? 0 : finishLine(bytes);
      if (start === bytes.length) return;
      const rest = start === 0 ? bytes : bytes.subarray(start);
      const cut = afterLastLineEnd(rest);
      if (cut > 0) readLines(cut === rest.length ? rest : rest.subarray(0, cut));
      if (cut < rest.length) keep(rest.subarray(cut));
    },
    end: flush,
  };
}

function readLine(line: string, target: FrameTarget): void {
  if (line.charCodeAt(0) === COLON) return;
  if (isBlank(line, 0, line.length)) return;
  target.frame(line, 0, line.length);
}

/** Index after the last CR or LF, 0 without any. */
function afterLastLineEnd(bytes: Uint8Array): number {
  if (isLineEnd(bytes[bytes.length - 1])) return bytes.length;
  const lf = bytes.lastIndexOf(LF);
  const rest = bytes.subarray(lf + 1);
  return lf + 1 + rest.lastIndexOf(CR) + 1;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}
