import type { Depth, Level } from "../../model/check.js";
import type { ReasonCode } from "../../model/reason-code.js";
import type { Times } from "../../model/verdict.js";
import { InvalidArgumentError } from "../../model/invalid-argument-error.js";
import type { Operation } from "../../model/operation.js";
import type { GeneratedCase } from "../../engine/run/recorder.js";
import type { WrittenExchange } from "../written-report.js";
import type { SandboxSetup } from "../../model/sandbox-setup.js";
import type { AccessPath } from "../../model/subject.js";

/** A `case.json`: one failure with all that is needed to see it again. */
export interface ReproducerCase {
  readonly schema: 1;
  readonly suite: string;
  readonly check: string;
  /** What should hold. */
  readonly title: string;
  readonly level: Level;
  readonly reason: ReasonCode;
  /** What the clause says. */
  readonly clause: string;
  /** The address of the section of the protocol that it comes from. */
  readonly source?: string;
  readonly expected: unknown;
  readonly observed: unknown;
  /** Present when it was seen in some of several tries. */
  readonly times?: Times;
  readonly seed: number;
  readonly depth: Depth;
  readonly path: AccessPath;
  /** What the sandboxes were made with; a replay makes them alike, but needs the values of secret variables again. */
  readonly sandbox?: SandboxSetup;
  /** The smallest failing case of a property. */
  readonly generated?: GeneratedCase;
  /** What was sent, in order; symbols such as `$sandbox1` stand for what differs from run to run. */
  readonly operations: readonly Operation[];
  /** What came back for each operation; `null` where the answer never ended. */
  readonly transcript: readonly (WrittenExchange | null)[];
  /** The command that replays this file. */
  readonly replay: string;
}

/** Reads the text of a `case.json`. Throws {@link InvalidArgumentError} for anything else. */
export function readCase(json: string): ReproducerCase {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidArgumentError("json", "the text of a case.json");
  }
  const { schema, check, reason, seed, depth, operations, generated } = (value ?? {}) as Partial<ReproducerCase>;
  const isCase =
    schema === 1 &&
    typeof check === "string" &&
    typeof reason?.clause === "string" &&
    typeof reason.invariant === "string" &&
    Number.isInteger(seed) &&
    (depth === "quick" || depth === "standard" || depth === "full") &&
    Array.isArray(operations) &&
    (generated === undefined || Number.isInteger(generated.attempt));
  if (!isCase) throw new InvalidArgumentError("json", "a case of schema 1");
  return value as ReproducerCase;
}
