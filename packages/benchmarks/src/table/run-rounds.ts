import type { ForkedBenchServer } from "../server/fork-bench-server.js";
import type { SubjectName } from "../worker/subject.js";
import type { Sample } from "../worker/task.js";
import type { Measurement } from "../rows/benchmark.js";

/** All samples of a run, by measurement and subject. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

export interface RoundsOptions {
  readonly rounds: number;
  readonly measurements: readonly Measurement[];
  /** Told before each sample. */
  readonly onSample?: (round: number, measurement: string, subject: SubjectName) => void;
}

/**
 * Takes one sample of everything per round, subjects of one measurement directly after each other, so that a slow
 * minute of the machine hits all of them; their order turns around in every other round.
 */
export async function runRounds(server: ForkedBenchServer, options: RoundsOptions): Promise<Samples> {
  const samples = new Map<string, Sample[]>();
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const measurement of options.measurements) {
      const subjects = round % 2 === 1 ? measurement.subjects : measurement.subjects.toReversed();
      for (const subject of subjects) {
        options.onSample?.(round, measurement.id, subject);
        const sample = await measurement.sample(subject, server);
        const key = samplesKey(measurement.id, subject);
        samples.set(key, [...(samples.get(key) ?? []), sample]);
      }
    }
  }
  return samples;
}

/** The key of {@link Samples}. */
export function samplesKey(measurement: string, subject: SubjectName): string {
  return `${measurement} ${subject}`;
}
