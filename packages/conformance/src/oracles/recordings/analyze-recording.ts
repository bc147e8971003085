import type { WireCommandStatus } from "@rxsandbox/protocol";
import { judgeExitSources } from "../exit-oracle.js";
import { exitOfStatus, exitOfStream } from "../exit-status.js";
import type { OracleFinding } from "../finding.js";
import { judgeLiveness } from "../liveness-oracle.js";
import { isEnd, isObject } from "../stream-item.js";
import { judgeStream } from "../stream-oracle.js";
import { judgeLogSteps } from "./log-steps.js";
import { judgePolicySteps } from "./policy-steps.js";
import { streamOf, type RecordedStream } from "./recorded-stream.js";
import type { RecordedStep, Recording } from "./recording.js";
import { factsOf, judgeFacts, type StreamFacts } from "./stream-facts.js";

/** What the oracles say of one recording. */
export interface RecordingAnalysis {
  readonly id: string;
  /** Facts of each stream, by `step 1`. */
  readonly streams: Readonly<Record<string, StreamFacts>>;
  /** Steps whose streams were not judged, since the recorder did not keep all of the body. */
  readonly abbreviated: readonly string[];
  readonly findings: readonly OracleFinding[];
}

/**
 * Judges a recording by the oracles: streams, their liveness, exit status by stream and by status route, logs by
 * cursor, changes of policies.
 * Where the facts of its streams are known, text, id and exit have to be those.
 */
export function analyzeRecording(
  { id, steps }: Recording,
  known?: Readonly<Record<string, StreamFacts>>,
): RecordingAnalysis {
  const streams: Record<string, StreamFacts> = {};
  const abbreviated: string[] = [];
  const findings: OracleFinding[] = [];
  const exits = new Map<string, RecordedStream>();
  for (const [index, step] of steps.entries()) {
    const at = `step ${index + 1}`;
    const stream = streamOf(step);
    if (stream === "abbreviated") abbreviated.push(at);
    else if (stream !== "none") {
      const facts = factsOf(stream);
      streams[at] = facts;
      if (stream.kind === "command") exits.set(facts.id, stream);
      const frozen = known?.[at];
      findings.push(
        ...placed(at, [
          ...judgeStream(stream),
          ...livenessOf(stream),
          ...(frozen === undefined ? [] : judgeFacts(frozen, facts)),
        ]),
      );
    }
    findings.push(...placed(at, statusFindings(step, exits)));
  }
  return { id, streams, abbreviated, findings: [...findings, ...judgeLogSteps(steps), ...judgePolicySteps(steps)] };
}

function placed(step: string, findings: readonly OracleFinding[]): readonly OracleFinding[] {
  return findings.map((finding) => ({ ...finding, at: finding.at === undefined ? step : `${step}, ${finding.at}` }));
}

/** The tail after the end of the execution may be quiet: it is not counted. */
function livenessOf({ items, arrivalsMs, endedMs }: RecordedStream): readonly OracleFinding[] {
  const end = items.findIndex(isEnd);
  return end === -1 ? judgeLiveness(arrivalsMs, endedMs) : judgeLiveness(arrivalsMs.slice(0, end + 1));
}

/** A finished command tells the same by its status as by its stream. */
function statusFindings(
  { request, response, decoded }: RecordedStep,
  exits: ReadonlyMap<string, RecordedStream>,
): readonly OracleFinding[] {
  const id = /\/command\/status\/([^/?]+)/.exec(request?.path ?? "")?.[1];
  const stream = exits.get(id ?? "");
  const status = decoded?.[0];
  if (stream === undefined || response?.status !== 200 || !isObject(status)) return [];
  return judgeExitSources(exitOfStream(stream.items), exitOfStatus(status as unknown as WireCommandStatus));
}
