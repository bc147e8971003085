/** How the event frames of a stream are written. */
export type BenchFraming = "bare" | "sse";

/** Where one HTTP chunk ends: after every frame, or after a fixed number of bytes whatever they are. */
export type BenchChunking = "frame" | "64KiB";

/**
 * What the bench server is asked for. It travels as the text of the command, so that any client can ask through its
 * public API.
 */
export type BenchCommand =
  | { readonly kind: "hold"; readonly holdMs: number }
  | {
      readonly kind: "stream";
      readonly framing: BenchFraming;
      readonly chunking: BenchChunking;
      readonly blocks: number;
    }
  /** One block of bare frames, each written on its own so that it travels in its own TCP segment, `everyUs` apart. */
  | { readonly kind: "segments"; readonly everyUs: number }
  /** One event every so many milliseconds, until the client leaves. */
  | { readonly kind: "tick"; readonly everyMs: number }
  /** A background command that was started, and runs and prints nothing. */
  | { readonly kind: "started" }
  | { readonly kind: "large"; readonly bytes: number; readonly chunkBytes: number };

/** Writes a {@link BenchCommand} as the text of a command. */
export function formatBenchCommand(command: BenchCommand): string {
  switch (command.kind) {
    case "hold":
      return `hold ${command.holdMs}`;
    case "stream":
      return `stream ${command.framing} ${command.chunking} ${command.blocks}`;
    case "tick":
      return `tick ${command.everyMs}`;
    case "started":
      return "started";
    case "segments":
      return `segments ${command.everyUs}`;
    case "large":
      return `large ${command.bytes} ${command.chunkBytes}`;
  }
}

/** Reads what {@link formatBenchCommand} wrote; `undefined` for any other text. */
export function parseBenchCommand(text: string): BenchCommand | undefined {
  const [kind, ...words] = text.split(" ");
  const numbers = words.map(Number);
  if (kind === "hold" && isCount(numbers[0])) return { kind, holdMs: numbers[0] };
  if (kind === "tick" && isCount(numbers[0])) return { kind, everyMs: numbers[0] };
  if (kind === "started") return { kind };
  if (kind === "segments" && isCount(numbers[0])) return { kind, everyUs: numbers[0] };
  if (kind === "large" && isCount(numbers[0]) && isCount(numbers[1]))
    return { kind, bytes: numbers[0], chunkBytes: numbers[1] };
  const [framing, chunking] = words;
  if (kind !== "stream" || !isCount(numbers[2])) return undefined;
  if (framing !== "bare" && framing !== "sse") return undefined;
  if (chunking !== "frame" && chunking !== "64KiB") return undefined;
  return { kind, framing, chunking, blocks: numbers[2] };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
