import { readFileSync } from "node:fs";

/** Which checks beside the named one fail for a mutant of a server, as the full matrix found them; by id of the mutant. */
export function serverKillTable(): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(readFileSync(new URL("../../../corpus/server-mutants.json", import.meta.url), "utf8")) as Readonly<
    Record<string, readonly string[]>
  >;
}
