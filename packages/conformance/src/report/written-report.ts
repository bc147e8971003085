import { InvalidArgumentError } from "../model/invalid-argument-error.js";
import type { GeneratedCase } from "../engine/run/recorder.js";
import type { Operation } from "../model/operation.js";
import type { CheckResult } from "../engine/run/check-result.js";
import type { WireExchange } from "../model/wire-exchange.js";
import type { ConformanceReport } from "../engine/run/conformance-report.js";

/** A piece of a body as a report keeps it. */
export interface WrittenChunk {
  readonly atMs: number;
  readonly base64: string;
  readonly isPart?: boolean;
  /** Bytes that there were, where fewer are kept. */
  readonly size?: number;
}

/** One request and what came back, as a report keeps it. */
export interface WrittenExchange extends Omit<WireExchange, "chunks" | "head"> {
  readonly head?: WireExchange["head"];
  readonly chunks: readonly WrittenChunk[];
}

/** The operations of a case and their answers, as a report keeps them; `null` for an answer that never ended. */
export interface WrittenRecord {
  readonly operations: readonly Operation[];
  readonly exchanges: readonly (WrittenExchange | null)[];
  readonly generated?: GeneratedCase;
}

/** The outcome of one check, as a report keeps it. */
export interface WrittenResult extends Omit<CheckResult, "record"> {
  readonly record?: WrittenRecord;
}

/** A `report.json`: secrets are gone, bytes are base64. Everything that is written beside it is made from this. */
export interface WrittenReport extends Omit<ConformanceReport, "results"> {
  readonly results: readonly WrittenResult[];
}

/** Reads the text of a `report.json`. Throws {@link InvalidArgumentError} for anything else. */
export function readReport(json: string): WrittenReport {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidArgumentError("json", "the text of a report.json");
  }
  const { schema, suite, results } = (value ?? {}) as Partial<WrittenReport>;
  if (schema !== 1 || suite?.name !== "@rxsandbox/conformance" || !Array.isArray(results))
    throw new InvalidArgumentError("json", "a report of schema 1");
  return value as WrittenReport;
}
