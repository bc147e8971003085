import type { Capability, Check, Group, Level } from "../../model/check.js";
import type { Finding, Verdict } from "../../model/verdict.js";
import type { CaseRecord } from "./recorder.js";
import type { AccessPath } from "../../model/subject.js";
import type { Observation } from "./check-session.js";
import type { CaseStatistics } from "./run-property.js";

/** The outcome of one check in one run. */
export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly clauses: readonly string[];
  readonly level: Level;
  readonly group: Group;
  readonly capability: Capability;
  readonly access: AccessPath;
  readonly verdict: Verdict;
  /** SHOULD clauses that the check saw violated beside its own verdict. */
  readonly warnings: readonly Finding[];
  readonly observations: readonly Observation[];
  readonly statistics: readonly CaseStatistics[];
  /** Milliseconds since the run began. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** What could not be cleaned up. */
  readonly leaks: readonly string[];
  /** The operations and answers behind anything but a pass. */
  readonly record?: CaseRecord;
}

/** The part of a result that comes from the check's own description. */
export function describeCheck({
  id,
  title,
  clauses,
  level,
  group,
  capability,
}: Check): Pick<CheckResult, "check" | "title" | "clauses" | "level" | "group" | "capability"> {
  return { check: id, title, clauses, level, group, capability };
}
