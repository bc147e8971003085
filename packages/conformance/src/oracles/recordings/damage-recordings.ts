import { seededRandom } from "../../model/seeded-random.js";
import { analyzeRecording } from "./analyze-recording.js";
import { damaged, damages, type Damage } from "./damage.js";
import { freezeAnalysis, type FrozenAnalysis } from "./frozen-analyses.js";
import { readRecordings } from "./recording.js";

/** How many streams that were broken in one way no longer give the findings that are frozen. */
export interface DamageTally {
  readonly how: Damage;
  readonly red: number;
  readonly of: number;
}

/**
 * Breaks every stream of a directory of recordings in every way, one at a time, and analyses each: the proof that
 * `analyze` can be red.
 */
export function damageRecordings(
  directory: string,
  frozen: Readonly<Record<string, FrozenAnalysis>>,
  seed: number,
): readonly DamageTally[] {
  const recordings = readRecordings(directory);
  return damages.map((how) => {
    let red = 0;
    let of = 0;
    for (const recording of recordings) {
      const known = frozen[recording.id];
      for (const step of Object.keys(known?.streams ?? {})) {
        const broken = damaged(
          recording,
          Number(step.slice("step ".length)) - 1,
          how,
          seededRandom(seed, `${recording.id} ${step} ${how}`).seed,
        );
        if (broken === undefined) continue;
        of++;
        const { findings } = freezeAnalysis(analyzeRecording(broken, known?.streams));
        if (findings.some((finding) => known?.findings.includes(finding) !== true)) red++;
      }
    }
    return { how, red, of };
  });
}
