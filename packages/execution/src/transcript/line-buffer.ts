import { utf8Length } from "../operators/utf8-length.js";
import { cutPoint } from "./escape-tail.js";

/**
 * Where a line of a transcript came from; `output` where the server does not tell standard output and standard error
 * apart.
 */
export type LineStream = "stdout" | "stderr" | "output";

/** One line of a transcript. An object never changes: as long as a line stays as it is, it is the same object. */
export interface TranscriptLine {
  /** Counted from 0 over the whole transcript, lines that were dropped included. A key for a list. */
  readonly number: number;
  readonly stream: LineStream;
  /** Without its line end. Escape sequences of terminals are left in and never cut. */
  readonly text: string;
  /** The next line goes on where this one ends: the program wrote no line end between them. */
  readonly isWrapped: boolean;
}

/** The lines that are kept. */
export interface Lines {
  readonly lines: readonly TranscriptLine[];
  /** Lines before the first one that is kept. */
  readonly truncatedLines: number;
  readonly isLastLineOpen: boolean;
}

/** UTF-16 units after which a line is wrapped. */
const MAX_LINE_LENGTH = 16_384;

interface OpenLine {
  readonly stream: LineStream;
  readonly number: number;
  text: string;
  /** A carriage return came: the next text replaces what the line shows. */
  isReturned: boolean;
}

/**
 * Cuts output into lines and keeps the last ones, whole.
 *
 * `LF` and `CR LF` end a line. What follows a lone `CR` replaces the open line. When the other stream writes, the open
 * line ends there. Bounds: `maxLines`, `maxBytes` of their text in UTF-8 (and always the last closed line), 16,384
 * UTF-16 units per line.
 */
export class LineBuffer {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  /** Closed lines. Those before `#head` are dropped. */
  #lines: TranscriptLine[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;
  #next = 0;
  #open: OpenLine | undefined;
  /** The open line as it was last shown. */
  #shown: TranscriptLine | undefined;
  /** Beginnings of escape sequences and characters whose rest has not come. */
  readonly #held = new Map<LineStream, string>();

  constructor(maxLines: number, maxBytes: number) {
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
  }

  write(stream: LineStream, written: string): void {
    const held = this.#held.get(stream);
    const text = held === undefined ? written : held + written;
    if (held !== undefined) this.#held.delete(stream);
    // The line that a command prints: whole, and nothing before it.
    if (
      this.#open === undefined &&
      text.length <= MAX_LINE_LENGTH &&
      text !== "" &&
      text.indexOf("\n") === text.length - 1
    ) {
      const line = text.endsWith("\r\n") ? text.slice(0, -2) : text.slice(0, -1);
      if (!line.includes("\r")) return this.#close(stream, this.#next++, line, false);
    }
    const end = cutPoint(text);
    if (end < text.length) this.#held.set(stream, text.slice(end));
    for (let from = 0; from < end;) {
      const lineEnd = text.indexOf("\n", from);
      const to = lineEnd < 0 || lineEnd > end ? end : lineEnd;
      this.#extend(stream, text.slice(from, to));
      if (to === lineEnd) this.#endLine(stream);
      from = to === lineEnd ? to + 1 : to;
    }
  }

  /** Closes what is open: nothing follows. */
  end(): void {
    for (const [stream, rest] of this.#held) this.#extend(stream, rest);
    this.#held.clear();
    this.#closeOpen();
  }

  lines(): Lines {
    const open = this.#open;
    const isFull = open !== undefined && this.#lines.length - this.#head === this.#maxLines;
    const lines = this.#lines.slice(this.#head + (isFull ? 1 : 0));
    if (open !== undefined) {
      const { number, stream, text } = open;
      if (this.#shown?.number !== number || this.#shown.text !== text)
        this.#shown = { number, stream, text, isWrapped: false };
      lines.push(this.#shown);
    }
    return { lines, truncatedLines: this.#next - lines.length, isLastLineOpen: open !== undefined };
  }

  /** Adds text without line ends to the open line of this stream. */
  #extend(stream: LineStream, text: string): void {
    if (text === "") return;
    if (this.#open?.stream !== stream) this.#closeOpen();
    const line = (this.#open ??= { stream, number: this.#next++, text: "", isReturned: false });
    const parts = text.split("\r");
    for (const [index, part] of parts.entries()) {
      if (index > 0) line.isReturned = true;
      if (part === "") continue;
      // A copy: a part of the text would keep all of it in memory.
      line.text = line.isReturned ? ` ${part}`.slice(1) : line.text + part;
      line.isReturned = false;
    }
    this.#wrap(line);
  }

  #wrap({ stream, text }: OpenLine): void {
    if (text.length <= MAX_LINE_LENGTH) return;
    let rest = text;
    while (rest.length > MAX_LINE_LENGTH) {
      // A sequence that fills the whole line is cut after all.
      const to = cutPoint(rest.slice(0, MAX_LINE_LENGTH)) || MAX_LINE_LENGTH;
      this.#close(stream, this.#open?.number ?? this.#next++, rest.slice(0, to), true);
      this.#open = undefined;
      rest = rest.slice(to);
    }
    this.#open = { stream, number: this.#next++, text: rest, isReturned: false };
  }

  #endLine(stream: LineStream): void {
    if (this.#open?.stream === stream) return this.#closeOpen();
    this.#closeOpen();
    this.#close(stream, this.#next++, "", false);
  }

  #closeOpen(): void {
    if (this.#open === undefined) return;
    const { stream, number, text } = this.#open;
    this.#open = undefined;
    this.#close(stream, number, text, false);
  }

  #close(stream: LineStream, number: number, text: string, isWrapped: boolean): void {
    const isShown = this.#shown?.number === number && this.#shown.text === text && !isWrapped;
    this.#lines.push(isShown ? this.#shown! : { number, stream, text, isWrapped });
    const size = utf8Length(text);
    this.#sizes.push(size);
    this.#bytes += size;
    let head = this.#head;
    while (
      this.#lines.length - head > 1 &&
      (this.#lines.length - head > this.#maxLines || this.#bytes > this.#maxBytes)
    )
      this.#bytes -= this.#sizes[head++]!;
    this.#head = head;
    // Moves what is kept once for as many lines as are kept.
    if (head < 1024 || head < this.#lines.length / 2) return;
    this.#lines = this.#lines.slice(head);
    this.#sizes = this.#sizes.slice(head);
    this.#head = 0;
  }
}
