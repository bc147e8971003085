import type { Decoded, DecodedItem } from "./parsers/decoded.js";
import type { Level } from "../model/check.js";
import type { OracleFinding } from "./finding.js";
import { isObject, nameOf } from "./stream-item.js";

/** What a parser has to make of a body; any of the readings of the end is right. */
export interface DecodeExpectation {
  readonly items: readonly DecodedItem[];
  readonly ended: readonly Decoded["ended"][];
}

/**
 * Judges what a parser made of a body, item by item; JSON is compared by value, an empty traceback equals `null`, and
 * an empty part of an envelope one that is left out.
 *
 * A parser may stop at a malformed frame: then what came before it is kept and the end is `error`. It may not pass over
 * it.
 */
export function judgeDecoded(
  clause: string,
  expected: DecodeExpectation,
  observed: Decoded | { readonly refused: string },
  level: Level = "MUST",
): readonly OracleFinding[] {
  const found = (invariant: string, one: unknown, other: unknown, at?: number): readonly OracleFinding[] => [
    { clause, invariant, level, expected: one, observed: other, ...(at === undefined ? {} : { at: `item ${at + 1}` }) },
  ];
  if ("refused" in observed) return found("refused", "items", `refused: ${observed.refused.slice(0, 100)}`);
  const wanted = stoppedAt(expected, observed);
  const want = wanted.items.map(spelled);
  const have = observed.items.map(spelled);
  const at = want.findIndex((item, index) => item !== have[index]);
  const index = at === -1 ? want.length : at;
  if (at !== -1 || have.length > want.length) {
    return found(
      invariantOf(want, have, wanted.items[index], observed.items[index]),
      wanted.items[index] ?? "no further item",
      observed.items[index] ?? "no further item",
      index,
    );
  }
  return wanted.ended.includes(observed.ended) ? [] : found("ended", wanted.ended.join(" or "), observed.ended);
}

/** What is left to expect of a parser that stopped with an error at a malformed frame. */
function stoppedAt({ items, ended }: DecodeExpectation, observed: Decoded): DecodeExpectation {
  const malformed = items.findIndex((item) => "malformed" in item);
  if (observed.ended !== "error" || malformed === -1) return { items, ended };
  const seen = observed.items[malformed];
  return {
    items: items.slice(0, seen !== undefined && "malformed" in seen ? malformed + 1 : malformed),
    ended: ["error"],
  };
}

function invariantOf(
  want: readonly string[],
  have: readonly string[],
  wanted: DecodedItem | undefined,
  observed: DecodedItem | undefined,
): string {
  if (isWithin(have, want)) return wanted !== undefined && "malformed" in wanted ? "malformed-hidden" : "frame-lost";
  if (isWithin(want, have)) return "frame-invented";
  if (wanted === undefined || observed === undefined) return "frame-lost";
  if ("malformed" in wanted) return "malformed-hidden";
  if ("envelope" in wanted) return "envelope-unclassified";
  return "malformed" in observed || nameOf(wanted) !== nameOf(observed) ? "frame-misread" : "event-changed";
}

/** Whether one list is the other with items left out. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (item === part[at]) at++;
  return at === part.length;
}

/**
 * One spelling of an item: keys sorted, an empty traceback as `null`, what an envelope leaves out as empty (`execd.md`
 * 1).
 */
function spelled(item: DecodedItem): string {
  const whole = "envelope" in item ? { envelope: { code: "", message: "", ...item.envelope } } : item;
  return JSON.stringify(whole, (key, value: unknown) => {
    if (key === "traceback" && Array.isArray(value) && value.length === 0) return null;
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  });
}
