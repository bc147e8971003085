import type { DecodedItem } from "./parsers/decoded.js";
import type { Level } from "../model/check.js";
import type { OracleFinding } from "./finding.js";
import { streamedLines, writtenLines, type Lines } from "./output-lines.js";

/** What a command wrote. In a session the two streams share one pipe: give everything as `stdout`, in order. */
export interface WrittenOutput {
  readonly stdout: string;
  readonly stderr?: string;
}

/**
 * Judges the text of one stream against what the program wrote, as lists of lines (`execd.md` 2.3).
 *
 * Every server has to agree on valid UTF-8 with LF only, a terminated last line and no line that starts like a session
 * marker: a difference there is MUST. A blank line has to stay visible, but in sessions, where blanks are optional. For
 * other output any reading is accepted and a difference is reported under the clause of what makes it so.
 */
export function judgeText(
  kind: "command" | "session",
  written: WrittenOutput,
  items: readonly DecodedItem[],
): readonly OracleFinding[] {
  return (["stdout", "stderr"] as const).flatMap((stream): readonly OracleFinding[] => {
    const output = written[stream] ?? "";
    const expected = comparable(kind, writtenLines(output));
    const observed = comparable(kind, streamedLines(items, stream));
    const at = expected.findIndex((line, index) => line !== observed[index]);
    if (at === -1 && expected.length === observed.length) return [];
    const { clause, level } = dispute(kind, output);
    const index = at === -1 ? expected.length : at;
    return [
      {
        clause,
        invariant: `${stream}-lines`,
        level,
        expected: excerpt(expected, index),
        observed: excerpt(observed, index),
        at: `line ${index + 1}`,
      },
    ];
  });
}

/**
 * Judges two sources of the same text, such as the log of a background command and its output file (`execd.md` 3.2).
 */
export function judgeLog(written: string, log: string): readonly OracleFinding[] {
  const { clause, level } = dispute("command", written);
  return written === log
    ? []
    : [
        {
          clause: clause === "execd.output.lines" ? "execd.background.logs" : clause,
          invariant: "log-text",
          level,
          expected: written.slice(0, 200),
          observed: log.slice(0, 200),
        },
      ];
}

const marker = /^(__EXIT_CODE__:|__PWD__:|__ENV_DUMP_(START|END)__$)/m;

/** Which clause speaks about an output, and whether servers have to agree on it. */
function dispute(kind: "command" | "session", output: string): { readonly clause: string; readonly level: Level } {
  if (output.includes("\ufffd") || /\p{Cs}/u.test(output)) return { clause: "X10", level: "INFO" };
  if (output.includes("\r")) return { clause: "execd.output.cr", level: "INFO" };
  if (kind === "session" && marker.test(output)) return { clause: "X23", level: "INFO" };
  if (output !== "" && !output.endsWith("\n")) return { clause: "execd.output.unterminated", level: "INFO" };
  return { clause: "execd.output.lines", level: "MUST" };
}

function comparable(kind: "command" | "session", lines: Lines): Lines {
  return kind === "session" ? lines.filter((line) => line !== "") : lines;
}

/** A few lines around the first difference: findings are kept, output may be large. */
function excerpt(lines: Lines, at: number): readonly string[] {
  return lines.slice(Math.max(0, at - 1), at + 2).map((line) => line.slice(0, 200));
}
