import type { IncomingMessage } from "node:http";

/** Headers that belong to one hop (RFC 9110 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers of a message as name and value, without those of its connection and those that `Connection` names;
 * repeated names are kept as separate entries.
 */
export function endToEndHeaders(message: IncomingMessage): [name: string, value: string][] {
  const dropped = hopByHopNames(message);
  return headerPairs(message).filter(([name]) => !dropped.has(name.toLowerCase()));
}

/** Names, in lower case, of the headers of a message that belong to its connection. */
export function hopByHopNames({ headers }: Pick<IncomingMessage, "headers">): ReadonlySet<string> {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  return new Set([...HOP_BY_HOP, ...named]);
}

/** All headers of a message as name and value. */
export function headerPairs({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">): [name: string, value: string][] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as [string, string]] : [],
  );
}
