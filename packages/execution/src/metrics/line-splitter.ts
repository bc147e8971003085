import { SandboxError } from "@rxsandbox/transport";

/** Bytes that one line may have. */
const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Cuts chunks into lines, whatever their borders; throws `event-too-large` for a line above 64 KiB. */
export class LineSplitter {
  private readonly decoder = new TextDecoder();
  private readonly parts: Uint8Array[] = [];
  private size = 0;

  /** The lines that this chunk ends, without their line feed. What is left is copied: the chunk may be reused. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      lines.push(this.take(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.slice(start));
    return lines;
  }

  /** What came after the last line feed. */
  end(): string {
    return this.take(new Uint8Array(0));
  }

  private take(last: Uint8Array): string {
    this.keep(last);
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts.splice(0)) {
      whole.set(part, at);
      at += part.length;
    }
    this.size = 0;
    return this.decoder.decode(whole);
  }

  private keep(part: Uint8Array): void {
    this.parts.push(part);
    this.size += part.length;
    if (this.size > MAX_LINE_BYTES)
      throw new SandboxError("event-too-large", `A line has more than ${MAX_LINE_BYTES} bytes`);
  }
}
