import { analyzeRecording, type RecordingAnalysis } from "./analyze-recording.js";
import type { FrozenAnalysis } from "./frozen-analyses.js";
import { readRecordings } from "./recording.js";

/** What `analyze` tells of a directory of recordings. */
export interface AnalysisOfRecordings {
  readonly recordings: number;
  readonly streams: number;
  /** Streams whose bodies were not kept whole: not judged. */
  readonly abbreviated: number;
  readonly analyses: readonly RecordingAnalysis[];
}

/**
 * Judges recorded exchanges by the oracles that judge live servers; no server is needed.
 *
 * @param directory - one JSON file per case, in the format of the shipped corpus
 * @param frozen - what is known of recordings, by id; `frozenAnalyses()` for the shipped corpus
 */
export function analyzeRecordings(
  directory: string,
  frozen: Readonly<Record<string, FrozenAnalysis>> = {},
): AnalysisOfRecordings {
  const analyses = readRecordings(directory).map((recording) =>
    analyzeRecording(recording, frozen[recording.id]?.streams),
  );
  const sum = (of: (analysis: RecordingAnalysis) => number): number =>
    analyses.reduce((total, analysis) => total + of(analysis), 0);
  return {
    recordings: analyses.length,
    streams: sum(({ streams }) => Object.keys(streams).length),
    abbreviated: sum(({ abbreviated }) => abbreviated.length),
    analyses,
  };
}
