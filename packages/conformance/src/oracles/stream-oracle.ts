import type { DecodedItem } from "./parsers/decoded.js";
import type { Level } from "../model/check.js";
import type { OracleFinding } from "./finding.js";
import { frameFindings } from "./frame-oracle.js";
import { isEnd, nameOf } from "./stream-item.js";

/** Which rules a stream has to keep: `background` is a command that only says whether it started (`execd.md` 2.4). */
export type StreamKind = "command" | "session" | "background" | "code";

/** A stream as it was read. `client`: the reader hung up, so that nothing is known of the end. */
export interface ReadStream {
  readonly kind: StreamKind;
  readonly items: readonly DecodedItem[];
  readonly end: "complete" | "truncated" | "client";
}

/**
 * Judges the order of the frames of one stream (`execd.md` 2.2 and 2.4).
 *
 * `init` is first and once. Commands and session runs have exactly one end, and only pings after it; nothing follows an
 * envelope. Code runs have at least one end and may go on after it. A stream without any frame is one finding, not two.
 */
export function judgeStream({ kind, items, end }: ReadStream): readonly OracleFinding[] {
  const findings: OracleFinding[] = [];
  const found = (invariant: string, expected: unknown, observed: unknown, at?: number, level: Level = "MUST"): void => {
    findings.push({
      clause: clauses[invariant] ?? "X03",
      invariant,
      level,
      expected,
      observed,
      ...(at === undefined ? {} : { at: `frame ${at + 1}` }),
    });
  };
  const names = items.map(nameOf);
  const firstEnd = items.findIndex(isEnd);

  if (names.length > 0 && names[0] !== "init" && firstEnd !== 0) found("init-first", "init", names[0], 0);
  const secondInit = names.indexOf("init", names.indexOf("init") + 1);
  if (names.includes("init") && secondInit !== -1)
    found("init-once", 1, names.filter((name) => name === "init").length, secondInit);
  items.forEach(
    (item, at) => void ("malformed" in item && found("malformed-frame", "an event or an envelope", "neither", at)),
  );

  if (firstEnd === -1 && end !== "client") found("no-end", endsOf(kind), names.at(-1) ?? "no frame at all");
  if (firstEnd !== -1 && end === "truncated")
    found("truncated-body", "end of body at the border of a frame", "inside a frame");
  if (firstEnd !== -1) {
    for (const [at, item] of items.entries()) {
      if (at <= firstEnd) continue;
      const envelope = names.indexOf("envelope");
      if (envelope !== -1 && at > envelope) found("frame-after-envelope", "end of body", names[at], at);
      else if (kind === "code") continue;
      else if (isEnd(item)) found("one-end", names[firstEnd], [names[firstEnd], names[at]], at);
      else if (names[at] !== "ping" && !("malformed" in item)) found("frame-after-end", "ping", names[at], at);
    }
  }
  names.forEach((name, at) => {
    if (name !== "stdout" && name !== "stderr") return;
    if (kind === "background") found("background-output", "output in the log only", name, at);
    if (kind === "session" && name === "stderr") found("session-stderr", "both streams as stdout", name, at, "INFO");
  });
  return [...findings, ...frameFindings(items)];
}

/** The clause of each invariant. */
const clauses: Readonly<Record<string, string>> = {
  "init-first": "execd.stream.init",
  "init-once": "execd.stream.init",
  "malformed-frame": "execd.stream.frames",
  "truncated-body": "execd.stream.body-complete",
  "no-end": "X03",
  "one-end": "X03",
  "frame-after-end": "X03",
  "frame-after-envelope": "X03",
  "background-output": "execd.background.started",
  "session-stderr": "X17",
};

function endsOf(kind: StreamKind): string {
  return kind === "background" ? "execution_complete or an envelope" : "error, execution_complete or an envelope";
}
