import type { OracleFinding } from "./finding.js";

/** One answer of the log route. Cursors are opaque: they are only handed back (X11). */
export interface LogPage {
  /** What was sent; absent for a request without cursor. */
  readonly sent?: string;
  readonly bytes: Uint8Array;
  /** What came back, if anything. */
  readonly next?: string | undefined;
}

/**
 * Judges a walk through a log: each page asked with the cursor of the one before. The pages joined are the whole log,
 * and a request with the last cursor of a finished command gives nothing (`execd.md` 3.2). Whole bytes are compared,
 * since a page may end inside a character.
 *
 * @param whole - the log as one request without cursor gives it after the command has finished
 */
export function judgeLogPages(pages: readonly LogPage[], whole: Uint8Array): readonly OracleFinding[] {
  const findings: OracleFinding[] = [];
  const found = (invariant: string, expected: unknown, observed: unknown, at?: string): void => {
    findings.push({
      clause: "execd.background.cursor",
      invariant,
      level: "MUST",
      expected,
      observed,
      ...(at === undefined ? {} : { at }),
    });
  };
  pages.forEach((page, index) => {
    if (page.next === undefined || page.next === "")
      found("cursor-returned", "a cursor", page.next ?? null, `page ${index + 1}`);
  });
  const joined = Buffer.concat(pages.map(({ bytes }) => bytes));
  const differs = joined.findIndex((byte, index) => byte !== whole[index]);
  if (differs !== -1 || joined.length !== whole.length) {
    const at = differs === -1 ? Math.min(joined.length, whole.length) : differs;
    found("pages-joined", `${whole.length} bytes`, `${joined.length} bytes, different from byte ${at} on`);
  }
  const last = pages.at(-1);
  if (last !== undefined && pages.length > 1 && last.bytes.length > 0)
    found("empty-at-end", 0, last.bytes.length, `page ${pages.length}`);
  return findings;
}
