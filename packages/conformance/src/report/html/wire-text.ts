import type { WrittenExchange } from "../written-report.js";

/** A frame or line of a body, with the time at which its first byte arrived. */
export interface WireLine {
  readonly atMs: number;
  readonly text: string;
  /** The member `type` of an event. */
  readonly type: string | undefined;
}

/** Splits the body of an answer into its lines; bytes that are not UTF-8 become U+FFFD. */
export function wireLines({ chunks }: WrittenExchange): readonly WireLine[] {
  const bytes = chunks.map(({ base64 }) => Buffer.from(base64, "base64"));
  const whole = Buffer.concat(bytes);
  const starts: { readonly offset: number; readonly atMs: number }[] = [];
  let offset = 0;
  for (const [index, piece] of bytes.entries()) {
    starts.push({ offset, atMs: chunks[index]?.atMs ?? 0 });
    offset += piece.length;
  }
  const lines: WireLine[] = [];
  for (let begin = 0; begin < whole.length;) {
    const end = whole.indexOf(0x0a, begin);
    const stop = end === -1 ? whole.length : end;
    const text = whole.subarray(begin, stop).toString("utf8").replace(/\r$/, "");
    if (text !== "")
      lines.push({
        atMs: starts.findLast((start) => start.offset <= begin)?.atMs ?? 0,
        text,
        type: /"type"\s*:\s*"([\w-]+)"/.exec(text)?.[1],
      });
    begin = stop + 1;
  }
  return lines;
}
