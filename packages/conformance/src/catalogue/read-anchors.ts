import { readFileSync } from "node:fs";
import type { CatalogueSurroundings } from "./catalogue-violations.js";

/** Reads the sections and operations of the protocol notes that clauses may name; the notes themselves are not part of a clone. */
export function readAnchors(): CatalogueSurroundings["anchors"] {
  return JSON.parse(readFileSync(new URL("../../anchors.json", import.meta.url), "utf8")) as CatalogueSurroundings["anchors"];
}
