import { readFileSync } from "node:fs";
import { reasonText } from "../../model/reason-code.js";
import type { RecordingAnalysis } from "./analyze-recording.js";
import type { StreamFacts } from "./stream-facts.js";

/** What is known of one recording of the corpus. */
export interface FrozenAnalysis {
  /** Reason code, level and place of each finding. */
  readonly findings: readonly string[];
  readonly streams?: Readonly<Record<string, StreamFacts>>;
}

/** Reads what is known of the recordings that the suite was made from, by their ids. */
export function frozenAnalyses(): Readonly<Record<string, FrozenAnalysis>> {
  return JSON.parse(readFileSync(new URL("../../../corpus/transcripts.json", import.meta.url), "utf8")) as Readonly<
    Record<string, FrozenAnalysis>
  >;
}

/** Brings an analysis into the form in which it is frozen. */
export function freezeAnalysis({ findings, streams }: RecordingAnalysis): FrozenAnalysis {
  return {
    findings: findings.map((finding) => `${reasonText(finding)} ${finding.level} at ${finding.at}`),
    ...(Object.keys(streams).length === 0 ? {} : { streams }),
  };
}
