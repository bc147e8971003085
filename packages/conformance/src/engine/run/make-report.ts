import { readFileSync } from "node:fs";
import type { Check } from "../../model/check.js";
import type { Verdict } from "../../model/verdict.js";
import type { CapabilityFact } from "../reach/capability-facts.js";
import type { CheckResult } from "./check-result.js";
import type { ResolvedConformanceOptions } from "./conformance-options.js";
import type { RunState } from "./run-state.js";
import { protocolUrl } from "../../model/clause.js";
import type { Catalogue } from "../../model/read-catalogue.js";
import { sandboxSetup } from "../../model/sandbox-setup.js";
import type { AccessPath, Subject } from "../../model/subject.js";
import { conclude } from "../verdict/conclude.js";
import type { BlamedClause, ConformanceReport } from "./conformance-report.js";

/** What a report is made from. */
export interface ReportInput {
  readonly subject: Subject;
  readonly options: ResolvedConformanceOptions;
  readonly state: RunState;
  readonly startedAt: string;
  readonly known: readonly Check[];
  readonly results: readonly CheckResult[];
  readonly leaks: readonly string[];
  readonly catalogue: Catalogue;
  readonly isReachable: boolean;
  readonly isCutShort: boolean;
  /** Why the runner itself could not go on. */
  readonly fault?: string;
  readonly facts: readonly CapabilityFact[];
  readonly sandboxesCreated: number;
  readonly configuration: string;
}

/** Puts a report together. */
export function makeReport(input: ReportInput): ConformanceReport {
  const { subject, options, state, results } = input;
  const { depth, capabilities, filter, shard, baseline, gate, selfCheck } = options;
  const parts =
    subject.kind === "rule"
      ? subject.ops
      : (["lifecycle", "execd", "egress"] as const).filter((part) => subject[part] !== undefined);
  const counts: Record<Verdict["status"], number> = {
    pass: 0,
    fail: 0,
    warn: 0,
    info: 0,
    flaky: 0,
    "not-applicable": 0,
    unverified: 0,
    blocked: 0,
    error: 0,
  };
  for (const { verdict } of results) counts[verdict.status]++;
  return {
    schema: 1,
    suite: { name: "@rxsandbox/conformance", version: suiteVersion(), clauses: input.catalogue.clauses.size },
    subject: { kind: subject.kind, name: subject.kind === "rule" ? subject.name : parts.join(", "), parts },
    run: {
      id: state.id,
      seed: state.seed,
      depth,
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(filter === undefined ? {} : { filter }),
      ...(shard === undefined ? {} : { shard }),
      startedAt: input.startedAt,
      durationMs: Math.round(state.now()),
      configuration: input.configuration,
      access: state.access,
      untestedAccess:
        subject.kind === "rule"
          ? []
          : (["direct", "root", "proxy"] satisfies AccessPath[]).filter((path) => path !== state.access),
      sandboxesCreated: input.sandboxesCreated,
      ...(subject.kind === "rule" || subject.lifecycle === undefined
        ? {}
        : { sandbox: sandboxSetup(subject.lifecycle) }),
      ...(selfCheck === undefined ? {} : { selfCheck }),
    },
    capabilities: input.facts,
    conclusion: conclude({
      depth,
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(filter === undefined ? {} : { filter }),
      ...(shard === undefined ? {} : { shard }),
      results,
      known: input.known,
      isReachable: input.isReachable,
      isCutShort: input.isCutShort,
      ...(input.fault === undefined ? {} : { fault: input.fault }),
      ...(baseline === undefined ? {} : { baseline }),
      ...(gate === undefined ? {} : { gate }),
      ...(selfCheck === undefined ? {} : { selfCheck: selfCheck.status }),
      today: input.startedAt.slice(0, 10),
    }),
    counts,
    results,
    blamed: blamedClauses(results, input.catalogue),
    leaks: input.leaks,
  };
}

/** The version of this package. */
function suiteVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}

function blamedClauses(
  results: readonly CheckResult[],
  { clauses }: Catalogue,
): Readonly<Record<string, BlamedClause>> {
  const ids = results.flatMap(({ verdict, warnings }) => [
    ...("reason" in verdict ? [verdict.reason.clause] : []),
    ...warnings.map(({ reason }) => reason.clause),
  ]);
  const known = [...new Set(ids)].sort().flatMap((id) => clauses.get(id) ?? []);
  return Object.fromEntries(
    known.map(({ id, level, text, source }) => [id, { level, text, source, url: protocolUrl(source) }]),
  );
}
