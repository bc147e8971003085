import type { ConformanceReport } from "./conformance-report.js";

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

/** Makes the badge of a report; only a conformant subject is green, one with known failures never is. */
export function badge({ conclusion }: Pick<ConformanceReport, "conclusion">): Badge {
  return { schemaVersion: 1, label: "OpenSandbox", message: conclusion.text, color: COLORS[conclusion.outcome], isError: conclusion.outcome !== "conformant" };
}
