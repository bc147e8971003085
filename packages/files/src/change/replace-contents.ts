import type { Observable } from "rxjs";
import { InvalidArgumentError, ProtocolError, type ApiRequest } from "@rxsandbox/transport";
import { objectOf, readString, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
import { readByPath } from "../read-by-path.js";

/** What to replace in one file. */
export interface ReplaceEntry {
  readonly path: string;
  /** Every occurrence of it; a text, not a pattern. */
  readonly oldContent: string;
  readonly newContent: string;
}

/** What was replaced in one file. */
export interface ReplacedContent {
  /** As requested. */
  readonly path: string;
  readonly replacedCount: number;
}

const readReplacement = objectOf({}, { path: readText, oldContent: readOldContent, newContent: readString });

/** Replaces texts in files and says nothing more (`execd.md` 6). */
export function replaceContents({ api }: SandboxConnection, entries: readonly ReplaceEntry[]): Observable<void> {
  return api.empty(replaceRequest(entries, {}));
}

/** Replaces texts in files and tells how many in each, in the order of the entries (`execd.md` 6). */
export function replaceContentsDetailed(
  { api }: SandboxConnection,
  entries: readonly ReplaceEntry[],
): Observable<readonly ReplacedContent[]> {
  const request = replaceRequest(entries, { verbose: true });
  const paths = entries.map(({ path }) => path);
  return api.json(request, (value) => paths.map((path) => ({ path, replacedCount: parseCount(value, path) })));
}

function replaceRequest(entries: readonly ReplaceEntry[], query: { readonly verbose?: true }): ApiRequest {
  const json = readByPath("entries", entries, (at, entry) => {
    const { path, oldContent, newContent } = readReplacement(at, entry);
    return { path, old: oldContent, new: newContent };
  });
  return { what: "Replace contents", method: "POST", path: "/files/replace", query, json };
}

function parseCount(value: unknown, path: string): number {
  const entry: unknown =
    typeof value === "object" && value !== null && Object.hasOwn(value, path)
      ? (value as Readonly<Record<string, unknown>>)[path]
      : undefined;
  const count = (entry as { readonly replacedCount?: unknown } | null | undefined)?.replacedCount;
  if (!Number.isSafeInteger(count)) throw new ProtocolError("the answer has no count for a path");
  return count as number;
}

function readOldContent(path: string, value: unknown): string {
  const text = readString(path, value);
  if (text === "") throw new InvalidArgumentError(path, "must not be empty");
  return text;
}
