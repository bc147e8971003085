import type { Verdict } from "../../model/verdict.js";

/** How a verdict looks: never by colour alone. */
export const verdictLook: Readonly<Record<Verdict["status"], { readonly glyph: string; readonly label: string }>> = {
  pass: { glyph: "✓", label: "pass" },
  fail: { glyph: "✕", label: "fail" },
  warn: { glyph: "!", label: "warn" },
  info: { glyph: "i", label: "info" },
  flaky: { glyph: "~", label: "flaky" },
  unverified: { glyph: "?", label: "unverified" },
  blocked: { glyph: "⊘", label: "blocked" },
  error: { glyph: "⚡", label: "error" },
  "not-applicable": { glyph: "–", label: "n/a" },
};

/** The order in which verdicts are listed: what needs a reader first. */
export const verdictOrder: readonly Verdict["status"][] = [
  "fail",
  "error",
  "flaky",
  "unverified",
  "blocked",
  "warn",
  "info",
  "not-applicable",
  "pass",
];
