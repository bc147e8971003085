import type { WireSandboxList } from "@rxsandbox/protocol";
import { problem } from "../http/http-problem.js";
import { pageOf, readPaging } from "../requests/paging.js";
import { type SandboxRecord, stateOf, wireSandbox } from "./sandbox-record.js";

/** Answers `GET /v1/sandboxes` from the sandboxes, newest first (`lifecycle.md` 3). */
export function listSandboxes(records: readonly SandboxRecord[], query: URLSearchParams): WireSandboxList {
  const paging = readPaging(query);
  const states = query.getAll("state").map((state) => state.toLowerCase());
  const wanted = readMetadataFilter(query.getAll("metadata").at(-1) ?? "");
  const items = records.filter(
    (record) =>
      (states.length === 0 || states.includes(stateOf(record).toLowerCase())) &&
      [...wanted].every(([key, value]) => record.metadata[key] === value),
  );
  return pageOf(items, paging, wireSandbox);
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
