import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly rounds: number;
  /** Row ids; empty means all. */
  readonly only: readonly string[];
  readonly json: boolean;
}

/** Reads the options of the bench command. A wrong one throws with a sentence for the user. */
export function parseCommandLine(args: readonly string[], rowIds: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds needs a whole number from 1, got ${values.rounds}`);
  const only = values.only.flatMap((list) => list.split(","));
  const unknown = only.find((id) => !rowIds.includes(id));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: there are ${[...new Set(rowIds)].join(", ")}`);
  return { rounds, only, json: values.json };
}
