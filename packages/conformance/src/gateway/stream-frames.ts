import type { StreamFrame } from "./alteration.js";

/** How a server frames its events (`execd.md` 2.1). */
export type StreamFraming = "bare" | "sse";

/** A longer line ends its stream. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/** The frames of an event stream as they come, in either framing; anything that is not a JSON object stays text. */
export async function* streamFrames(
  body: AsyncIterable<Buffer>,
  onFraming: (framing: StreamFraming) => void,
): AsyncGenerator<StreamFrame> {
  let rest = "";
  let isFirst = true;
  const decoder = new TextDecoder();
  const read = function* (lines: readonly string[]): Generator<StreamFrame> {
    for (const line of lines) {
      if (line.trim() === "" || line.startsWith(":")) continue;
      if (isFirst) onFraming(line.startsWith("data:") ? "sse" : "bare");
      isFirst = false;
      const text = line.startsWith("data:") ? line.slice(5).trim() : line;
      yield frameOf(text);
    }
  };
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw new RangeError("a line of more than 16 MiB");
    yield* read(lines);
  }
  yield* read([rest + decoder.decode()]);
}

/** A frame as the server would have sent it. */
export function spellFrame(json: string, framing: StreamFraming): string {
  return framing === "sse" ? `data: ${json}\n\n` : `${json}\n\n`;
}

function frameOf(text: string): StreamFrame {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { event: value as Record<string, unknown> };
  } catch {
    // A server may send text that is not JSON; it is passed on unchanged.
  }
  return { text };
}
