import type { ConformanceReport } from "../engine/run/conformance-report.js";

/** A badge in the endpoint form of common badge services. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
  readonly isError: boolean;
}

const COLORS: Readonly<Record<ConformanceReport["conclusion"]["outcome"], string>> = {
  conformant: "brightgreen",
  "not-conformant": "red",
  "no-regression": "yellow",
  inconclusive: "orange",
  unreachable: "lightgrey",
  "harness-fault": "lightgrey",
};

/**
 * Makes the badge of a report. Only a conformant subject is green: one with known failures never is, nor one of which a
 * filter or a shard has seen a part only.
 */
export function badge({ conclusion, run }: Pick<ConformanceReport, "conclusion" | "run">): Badge {
  const isPart = run.filter !== undefined || run.shard !== undefined;
  const isConformant = conclusion.outcome === "conformant";
  return {
    schemaVersion: 1,
    label: "OpenSandbox",
    message: conclusion.text,
    color: isConformant && isPart ? "blue" : COLORS[conclusion.outcome],
    isError: !isConformant,
  };
}
