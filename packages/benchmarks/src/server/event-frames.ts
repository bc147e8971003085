import type { BenchFraming } from "../bench-command.js";

/** Frames in one prebuilt block of output. */
export const BLOCK_FRAMES = 16_384;

const words =
  "compiling linking warning: src/main.rs test passed in 0.03s ok [12/480] GET /index.html 200 cache miss retry".split(
    " ",
  );

/**
 * The output frames of one block, each as its own buffer.
 *
 * Texts are 30 to 120 characters as a build or a test run prints them: seven of eight on stdout, one of sixteen with
 * characters that JSON escapes, one of sixteen with characters outside ASCII. The same for every call, so that all
 * subjects read the same bytes.
 */
export function outputFrames(framing: BenchFraming): readonly Buffer[] {
  const random = linearCongruential(7);
  return Array.from({ length: BLOCK_FRAMES }, (_, index) => {
    const type = random() < 1 / 8 ? "stderr" : "stdout";
    return eventFrame(framing, { type, text: line(random, index), timestamp: 1_795_000_000_000 + index });
  });
}

/** One event as a frame: JSON and a blank line, with `data: ` before it in standard SSE (`execd.md` 2.1). */
export function eventFrame(framing: BenchFraming, event: Readonly<Record<string, unknown>>): Buffer {
  const json = JSON.stringify(event).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return Buffer.from(framing === "sse" ? `data: ${json}\n\n` : `${json}\n\n`);
}

function line(random: () => number, index: number): string {
  const length = 30 + Math.floor(random() * 91);
  let text = index % 16 === 3 ? `"step"\t<${index}> ` : index % 16 === 11 ? `✓ größe ${index} ` : `${index} `;
  while (text.length < length) text += `${words[Math.floor(random() * words.length)]} `;
  return text.slice(0, length);
}

function linearCongruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
