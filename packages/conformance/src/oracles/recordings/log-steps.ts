import type { OracleFinding } from "../finding.js";
import { judgeLogPages, type LogPage } from "../log-cursor-oracle.js";
import { chunksOf, headerOf, type RecordedStep } from "./recording.js";

interface LogRead extends LogPage {
  readonly step: number;
}

/**
 * Follows each log by its cursors (`execd.md` 3.2): a read without cursor, then every read with the cursor that the
 * last one gave. Where the recording reads the whole log once more after that, the pages joined have to be it.
 */
export function judgeLogSteps(steps: readonly RecordedStep[]): readonly OracleFinding[] {
  const reads = new Map<string, LogRead[]>();
  for (const [index, step] of steps.entries()) {
    const [path = "", query = ""] = (step.request?.path ?? "").split("?");
    const bytes = chunksOf(step);
    if (!/\/command\/[^/]+\/logs$/.test(path) || step.response?.status !== 200 || bytes === undefined) continue;
    const sent = new URLSearchParams(query).get("cursor");
    const read = {
      step: index + 1,
      bytes: Buffer.concat(bytes),
      next: headerOf(step, "execd-commands-tail-cursor"),
      ...(sent === null ? {} : { sent }),
    };
    reads.set(path, [...(reads.get(path) ?? []), read]);
  }
  return [...reads.values()].flatMap(judgeWalk);
}

function judgeWalk(reads: readonly LogRead[]): readonly OracleFinding[] {
  const walk: LogRead[] = [];
  for (const read of reads) {
    const last = walk.at(-1);
    if (last === undefined ? read.sent === undefined : read.sent !== undefined && read.sent === last.next)
      walk.push(read);
  }
  const whole = reads.findLast(({ sent }) => sent === undefined);
  const last = walk.at(-1);
  if (whole === undefined || last === undefined || whole.step <= last.step) return [];
  return judgeLogPages(walk, whole.bytes).map((finding) => ({
    ...finding,
    at: `step ${walk[0]?.step} to ${whole.step}`,
  }));
}
