import { readFileSync } from "node:fs";
import type { CatalogueSurroundings } from "./catalogue-violations.js";

/** Reads the sections of `docs/protocol` and the operations that clauses may name. The package carries their list, not the pages. */
export function readAnchors(): CatalogueSurroundings["anchors"] {
  return JSON.parse(
    readFileSync(new URL("../../anchors.json", import.meta.url), "utf8"),
  ) as CatalogueSurroundings["anchors"];
}
