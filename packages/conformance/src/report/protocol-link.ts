import { readCatalogue } from "../model/read-catalogue.js";
import { protocolUrl } from "../model/clause.js";

/** A section of the protocol, for a reader. */
export interface ProtocolLink {
  /** Page and section, such as `execd.md 2.4`. */
  readonly text: string;
  readonly url: string;
}

/**
 * Where a clause comes from; `undefined` for a clause that this suite does not have, as in a report of another version.
 */
export function protocolLink(clause: string): ProtocolLink | undefined {
  const source = readCatalogue().clauses.get(clause)?.source;
  return source === undefined ? undefined : { text: source.replace("#", " "), url: protocolUrl(source) };
}
