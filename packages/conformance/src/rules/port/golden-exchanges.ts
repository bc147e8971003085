import { readFileSync } from "node:fs";

/** One request of the rule port and its answer, both as they are on the line. */
export interface GoldenExchange {
  readonly request: Readonly<Record<string, unknown>>;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Reads the golden exchanges: the handshake first, then requests of every operation. */
export function goldenExchanges(): readonly GoldenExchange[] {
  const lines = readFileSync(new URL("../../../corpus/port-golden.jsonl", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as GoldenExchange);
}
