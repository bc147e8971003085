import { createHash } from "node:crypto";
import { exitOfStream, type ExitStatus } from "../exit-status.js";
import type { OracleFinding } from "../finding.js";
import { isEnd, nameOf } from "../stream-item.js";
import { streamedLines, type Lines } from "../output-lines.js";
import type { DecodedItem } from "../parsers/decoded.js";
import type { RecordedStream } from "./recorded-stream.js";

/**
 * What a stream said, to be frozen: the id, the text of both streams and the exit status. Much text is kept as a
 * digest.
 */
export interface StreamFacts {
  readonly id: string;
  /** Types of the frames in order, repeated ones counted. */
  readonly frames: string;
  readonly stdout: Lines | Digest;
  readonly stderr: Lines | Digest;
  readonly exit: ExitStatus;
  /** The error or the envelope that ended it; `null` for a completion and for no end. */
  readonly failure: unknown;
}

interface Digest {
  readonly lines: number;
  readonly sha256: string;
}

const mostText = 400;

/** Takes the facts of a stream. */
export function factsOf({ items }: RecordedStream): StreamFacts {
  const init = items.find((item) => "event" in item && item.event["type"] === "init");
  return {
    id: init !== undefined && "event" in init ? String(init.event["text"] ?? "") : "",
    frames: runsOf(items.map(nameOf)),
    stdout: textOf(streamedLines(items, "stdout")),
    stderr: textOf(streamedLines(items, "stderr")),
    exit: exitOfStream(items),
    failure: failureOf(items.find(isEnd)),
  };
}

/** Judges a stream by frozen facts: the same recording has to say the same for ever. */
export function judgeFacts(expected: StreamFacts, observed: StreamFacts): readonly OracleFinding[] {
  const found = (clause: string, invariant: string, key: keyof StreamFacts): readonly OracleFinding[] =>
    JSON.stringify(expected[key]) === JSON.stringify(observed[key])
      ? []
      : [{ clause, invariant, level: "MUST", expected: expected[key], observed: observed[key] }];
  return [
    ...found("execd.stream.init", "id", "id"),
    ...found("execd.output.lines", "stdout-lines", "stdout"),
    ...found("execd.output.lines", "stderr-lines", "stderr"),
    ...found("execd.stream.frames", "frames", "frames"),
    ...found("execd.exit.code", "wrong-exit", "exit"),
    ...found("execd.exit.code", "failure", "failure"),
  ];
}

function failureOf(end: DecodedItem | undefined): unknown {
  if (end === undefined || "malformed" in end) return null;
  return "envelope" in end ? end.envelope : (end.event["error"] ?? null);
}

function textOf(lines: Lines): Lines | Digest {
  const text = lines.join("\n");
  return text.length <= mostText
    ? lines
    : { lines: lines.length, sha256: createHash("sha256").update(text).digest("hex") };
}

function runsOf(names: readonly string[]): string {
  const runs: { readonly name: string; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count++;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count === 1 ? name : `${name} x${count}`)).join(", ");
}
