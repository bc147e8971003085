/**
 * A sequence that is longer than this is taken for text: a program that never ends one would hold back all of its
 * output.
 */
const MAX_SEQUENCE_LENGTH = 4096;

/**
 * The beginning of an escape sequence of a terminal, up to the end of the text: CSI (`ESC [`), the strings OSC, DCS,
 * PM, APC and SOS, which end with BEL or `ESC \`, and the short ones. None goes on after a line end.
 */
const unfinishedSequence = /\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b\n]*\u001b?|[ -/]*)$/;

/** Where a text can be cut: at its end, or before an unfinished escape sequence or half a character there. */
export function cutPoint(text: string): number {
  const from = Math.max(0, text.length - MAX_SEQUENCE_LENGTH);
  // Most texts hold no escape at all.
  const escape = text.lastIndexOf("\u001b");
  if (escape >= from) {
    const index = text.slice(from).search(unfinishedSequence);
    if (index >= 0) return from + index;
  }
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}
