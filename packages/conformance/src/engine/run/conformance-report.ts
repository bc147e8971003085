import type { Capability, Depth, Level } from "../../model/check.js";
import type { Verdict } from "../../model/verdict.js";
import type { CapabilityFact } from "../reach/capability-facts.js";
import type { CheckResult } from "./check-result.js";
import type { SandboxSetup } from "../../model/sandbox-setup.js";
import type { AccessPath } from "../../model/subject.js";
import type { Conclusion } from "../verdict/conclude.js";
import type { SelfCheckResult } from "../../model/self-check-result.js";

/** A clause that did not hold somewhere in a run. */
export interface BlamedClause {
  readonly level: Level;
  /** What the clause says. */
  readonly text: string;
  /** Page and section of the protocol, such as `execd.md#2.4`. */
  readonly source: string;
  /** The address of this section. */
  readonly url: string;
}

/** Everything about one run; plain JSON once it is written, and what every other report is made from. */
export interface ConformanceReport {
  readonly schema: 1;
  readonly suite: { readonly name: "@rxsandbox/conformance"; readonly version: string; readonly clauses: number };
  readonly subject: {
    readonly kind: "server" | "rule";
    /** The rule's name, or the parts of the server that were reached. */
    readonly name: string;
    readonly parts: readonly string[];
  };
  readonly run: {
    /** The label that sandboxes of the run carried. */
    readonly id: string;
    readonly seed: number;
    readonly depth: Depth;
    readonly capabilities?: readonly Capability[];
    readonly filter?: string;
    readonly shard?: { readonly index: number; readonly of: number };
    readonly startedAt: string;
    readonly durationMs: number;
    /** A digest of everything that was configured, secrets and addresses left out. */
    readonly configuration: string;
    readonly access: AccessPath;
    readonly untestedAccess: readonly AccessPath[];
    readonly sandboxesCreated: number;
    /** What the sandboxes of the run were made with; absent where it made none itself. */
    readonly sandbox?: SandboxSetup;
    /** What a self-check on the same subject gave before the run, where one was made. */
    readonly selfCheck?: SelfCheckResult;
  };
  readonly capabilities: readonly CapabilityFact[];
  readonly conclusion: Conclusion;
  readonly counts: Readonly<Record<Verdict["status"], number>>;
  readonly results: readonly CheckResult[];
  /** The clauses that verdicts and warnings blame, by id. */
  readonly blamed: Readonly<Record<string, BlamedClause>>;
  /** What the run made and could not remove. */
  readonly leaks: readonly string[];
}
