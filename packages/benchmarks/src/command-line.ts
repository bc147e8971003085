import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly rounds: number;
  /** Ids of benchmarks; empty means all. */
  readonly only: readonly string[];
  readonly json: boolean;
}

/** Reads the arguments of the bench command. A wrong one throws with a sentence for the user. */
export function parseCommandLine(args: readonly string[], ids: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds needs a whole number from 1, got ${values.rounds}`);
  const unknown = positionals.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`there is no row ${unknown}; there are ${ids.join(", ")}`);
  return { rounds, only: positionals, json: values.json };
}
