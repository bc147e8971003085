import type { ResultEvent } from "@rxsandbox/protocol";

/** What code evaluated to, in one or several representations. */
export interface CodeResult {
  /** By MIME type. A daemon that names `text/plain` just `text` is understood (divergence X07). */
  readonly mime: Readonly<Record<string, unknown>>;
  /** The plain text, `null` when there is none. */
  readonly text: string | null;
  /** As the server sent it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * Normalises a result: the plain text is under `text/plain`, whatever the server calls it; a server that has both means
 * the latter.
 */
export function codeResult({ results }: Pick<ResultEvent, "results">): CodeResult {
  const entries = Object.entries(results);
  const hasMimeName = Object.hasOwn(results, "text/plain");
  const named = entries.flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    if (name !== "text") return [[name, value]];
    return hasMimeName ? [] : [["text/plain", value]];
  });
  const mime: Readonly<Record<string, unknown>> = Object.fromEntries(named);
  const text = mime["text/plain"];
  return { mime, text: typeof text === "string" ? text : null, raw: results };
}
