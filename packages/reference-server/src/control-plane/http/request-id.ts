import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The id of a request: the client's, trimmed, else 32 hex digits (`lifecycle.md` 1). */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers["x-request-id"];
  const text = (Array.isArray(given) ? (given[0] ?? "") : (given ?? "")).trim();
  return text === "" ? randomBytes(16).toString("hex") : text;
}
