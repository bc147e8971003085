import { samplesKey, type Samples } from "./run-rounds.js";
import type { Figure, Row } from "../rows/benchmark.js";
import { median } from "./statistics.js";

/** A figure over all rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median CPU time per unit. */
  readonly cpu?: number;
}

/** One line of the table with its figures. */
export interface JudgedRow {
  readonly row: Row;
  readonly reference: Spread;
  readonly ours: Spread;
  readonly raw?: Spread;
  /** How many times better ours is, by the medians. Absent where the reference or ours is 0. */
  readonly times?: number;
  /** Absent where the row has no target. */
  readonly passed?: boolean;
}

/** Puts the figures of a run into one line. A limit has to hold in every round, a ratio for the medians. */
export function judgeRow(row: Row, samples: Samples): JudgedRow {
  const reference = spread(row.reference, samples);
  const ours = spread(row.ours, samples);
  const ratio = row.better === "higher" ? ours.median / reference.median : reference.median / ours.median;
  const times = Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
  return {
    row,
    reference,
    ours,
    ...(row.raw && { raw: spread(row.raw, samples) }),
    ...(times !== undefined && { times }),
    ...(row.target && {
      passed: "atMost" in row.target ? ours.max <= row.target.atMost : (times ?? 0) >= row.target.atLeastTimes,
    }),
  };
}

function spread(figure: Figure, samples: Samples): Spread {
  const values = column(figure, figure.metric, samples);
  const min = Math.min(...values);
  const max = Math.max(...values);
  if (figure.cpu === undefined) return { median: median(values), min, max };
  return { median: median(values), min, max, cpu: median(column(figure, figure.cpu.metric, samples)) };
}

function column(figure: Figure, metric: string, samples: Samples): readonly number[] {
  const found = samples.get(samplesKey(figure.measurement, figure.subject)) ?? [];
  return found.map((sample) => {
    const value = sample[metric];
    if (value === undefined) throw new Error(`no ${metric} in the samples of ${figure.measurement}`);
    return value;
  });
}
