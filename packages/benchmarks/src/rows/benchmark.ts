import type { ForkedBenchServer } from "../server/fork-bench-server.js";
import type { SubjectName } from "../worker/subject.js";
import type { Sample } from "../worker/task.js";

/** Where a figure of the table comes from. */
export interface Figure {
  readonly measurement: string;
  readonly subject: SubjectName;
  readonly metric: string;
  /** The CPU figure of the same samples that stands beside it, with its unit. */
  readonly cpu?: { readonly metric: string; readonly unit: string };
}

/** What has to hold: ours at least so many times better than the reference, or ours never above a limit. */
export type Target = { readonly atLeastTimes: number } | { readonly atMost: number };

/** One line of the table. */
export interface Row {
  /** Id of its {@link Benchmark}. */
  readonly id: string;
  readonly work: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly reference: Figure;
  readonly ours: Figure;
  readonly raw?: Figure;
  readonly target?: Target;
}

/** One thing that is measured, side by side for several subjects. */
export interface Measurement {
  readonly id: string;
  readonly subjects: readonly SubjectName[];
  sample(subject: SubjectName, server: ForkedBenchServer): Promise<Sample>;
}

/** One number of `docs/performance.md`: what it measures, and the lines of the table that come from it. */
export interface Benchmark {
  /** What the command line selects it by. */
  readonly id: string;
  readonly measurements: readonly Measurement[];
  readonly rows: readonly Row[];
  /** Why this machine cannot measure it, as one sentence; absent where every machine can. */
  readonly obstacle?: () => Promise<string | undefined>;
}
