import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCatalogue } from "../model/read-catalogue.js";
import { protocolLink } from "./protocol-link.js";

const pages = new URL("../../../../docs/protocol/", import.meta.url);

function sectionsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(new URL(page, pages), "utf8");
  return new Set([...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = ""]) => id));
}

describe("protocolLink", () => {
  it("leads from every clause to a section of a page of this repository", () => {
    const sections = new Map<string, ReadonlySet<string>>();
    for (const id of readCatalogue().clauses.keys()) {
      const url = new URL(protocolLink(id)?.url ?? "");
      const page = url.pathname.replace(/^.*\/docs\/protocol\//, "");
      if (!sections.has(page)) sections.set(page, sectionsOf(page));
      expect(sections.get(page), id).toContain(url.hash.slice(1));
    }
  });

  it("gives nothing for a clause of another version", () => expect(protocolLink("none.such")).toBeUndefined());
});
