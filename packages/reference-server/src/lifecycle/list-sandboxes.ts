import type { WireSandboxList } from "@rxsandbox/protocol";
import { problem } from "../http/http-problem.js";
import { checkValue } from "./request-body.js";
import { type SandboxRecord, stateOf, wireSandbox } from "./sandbox-record.js";
import { integer } from "./scalar-rules.js";

/** Answers `GET /v1/sandboxes` from the sandboxes, newest first (`lifecycle.md` 3). */
export function listSandboxes(records: readonly SandboxRecord[], query: URLSearchParams): WireSandboxList {
  const page = readCount(query, "page", 1);
  const pageSize = readCount(query, "pageSize", 20, 200);
  const states = query.getAll("state").map((state) => state.toLowerCase());
  const wanted = readMetadataFilter(query.getAll("metadata").at(-1) ?? "");
  const items = records.filter(
    (record) =>
      (states.length === 0 || states.includes(stateOf(record).toLowerCase())) &&
      [...wanted].every(([key, value]) => record.metadata[key] === value),
  );
  const totalPages = Math.ceil(items.length / pageSize);
  return {
    items: items.slice((page - 1) * pageSize, page * pageSize).map(wireSandbox),
    pagination: { page, pageSize, totalItems: items.length, totalPages, hasNextPage: page < totalPages },
  };
}

function readCount(query: URLSearchParams, name: string, absent: number, maximum?: number): number {
  const value = query.getAll(name).at(-1);
  if (value === undefined) return absent;
  return checkValue(strictInteger(maximum), value, ["query", name]);
}

/** In a query `1.5` is no number at all, not one with a fraction. */
function strictInteger(maximum: number | undefined): ReturnType<typeof integer> {
  return integer({ minimum: 1, ...(maximum === undefined ? {} : { maximum }) });
}

/** The value is a query string of its own, decoded a second time; the last of several equal keys counts (L16). */
function readMetadataFilter(text: string): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  if (text === "") return wanted;
  for (const segment of text.split("&")) {
    const at = segment.indexOf("=");
    if (at < 0) throw problem(400, "INVALID_METADATA_FORMAT", `Invalid metadata format: bad query field: '${segment}'`);
    wanted.set(decodePart(segment.slice(0, at)), decodePart(segment.slice(at + 1)));
  }
  return wanted;
}

function decodePart(part: string): string {
  return new URLSearchParams(`x=${part.replaceAll("&", "%26")}`).get("x") ?? "";
}
