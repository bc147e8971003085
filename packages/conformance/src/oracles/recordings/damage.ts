import { isEnd } from "../stream-item.js";
import { parseWhole } from "../parsers/parse-whole.js";
import { chunksOf, type RecordedStep, type Recording } from "./recording.js";
import { streamOf } from "./recorded-stream.js";

/** Ways to break one recorded stream. */
export type Damage = "end dropped" | "stream swapped" | "byte cut";

/** All ways. */
export const damages: readonly Damage[] = ["end dropped", "stream swapped", "byte cut"];

/**
 * Breaks the stream of one step; `undefined` where it has nothing to break in that way.
 *
 * @param number - any number; decides which event or byte
 */
export function damaged({ id, steps }: Recording, index: number, how: Damage, number: number): Recording | undefined {
  const step = steps[index];
  const stream = step === undefined ? "none" : streamOf(step);
  const chunks = step === undefined ? undefined : chunksOf(step);
  if (step === undefined || typeof stream === "string" || chunks === undefined) return undefined;
  const bytes = Buffer.concat(chunks);
  const changed =
    how === "byte cut"
      ? cut(bytes, number)
      : how === "end dropped"
        ? stream.end === "client"
          ? undefined
          : withoutEnd(bytes)
        : swapped(bytes, number);
  return changed === undefined
    ? undefined
    : { id, steps: steps.map((each, at) => (at === index ? withBody(each, changed) : each)) };
}

function withBody(step: RecordedStep, bytes: Buffer): RecordedStep {
  const tMs = step.response?.chunks?.at(-1)?.tMs ?? 0;
  return { ...step, response: { ...step.response, chunks: [{ tMs, b64: bytes.toString("base64") }] } };
}

function cut(bytes: Buffer, number: number): Buffer | undefined {
  if (bytes.length === 0) return undefined;
  const at = number % bytes.length;
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
}

/** Without the line of the frame that ends the execution. */
function withoutEnd(bytes: Buffer): Buffer | undefined {
  const lines = bytes.toString("utf8").split("\n");
  const ends = lines.findIndex((line) => parseWhole([Buffer.from(line)], "eof").items.some(isEnd));
  return ends === -1 ? undefined : Buffer.from(lines.filter((_, at) => at !== ends).join("\n"));
}

/** With one output event in the other stream. */
function swapped(bytes: Buffer, number: number): Buffer | undefined {
  const lines = bytes.toString("utf8").split("\n");
  const outputs = lines.flatMap((line, at) => (/^\{"type":"std(out|err)"/.test(line) ? [at] : []));
  const chosen = outputs[number % Math.max(1, outputs.length)];
  if (chosen === undefined) return undefined;
  return Buffer.from(
    lines
      .map((line, at) =>
        at === chosen
          ? line.replace(/"std(out|err)"/, (_, name: string) => (name === "out" ? '"stderr"' : '"stdout"'))
          : line,
      )
      .join("\n"),
  );
}
