import type { IncomingHttpHeaders } from "node:http";
import type { WireValidationDetail } from "@rxsandbox/protocol";
import { invalid } from "../http/http-problem.js";
import { findJsonError } from "./json-error.js";
import { redactInput } from "./redact-input.js";
import { type Location, report, type Rule } from "./validation-rule.js";

/** Reads a JSON body by a rule, or throws the 422 that says why it cannot (`lifecycle.md` 1.1, 2). */
export function readJsonBody<T>(rule: Rule<T>, headers: IncomingHttpHeaders, body: Buffer): T {
  if (body.length === 0) throw invalid([{ type: "missing", loc: ["body"], msg: "Field required", input: null }]);
  const source = body.toString("utf8");
  return checkValue(rule, isJson(headers["content-type"]) ? parse(source) : source, ["body"]);
}

/** Reads one value of the path or the query by a rule, or throws the 422. */
export function checkValue<T>(rule: Rule<T>, value: unknown, location: Location): T {
  const issues: WireValidationDetail[] = [];
  const result = rule(value, location, issues);
  if (issues.length > 0 || result === undefined) throw invalid(issues.map(redactInput));
  return result;
}

/** Arrays and objects inside each other that a body may have; no request of the protocol needs a tenth of it. */
const MAX_DEPTH = 200;

function parse(source: string): unknown {
  try {
    const value: unknown = JSON.parse(source);
    if (!isDeeperThan(value, MAX_DEPTH)) return value;
    const issues: WireValidationDetail[] = [];
    report(
      issues,
      "json_invalid",
      ["body", 0],
      "JSON decode error",
      {},
      { error: `Nested more than ${MAX_DEPTH} deep` },
    );
    throw invalid(issues);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const { position, message } = findJsonError(source);
    const issues: WireValidationDetail[] = [];
    report(issues, "json_invalid", ["body", position], "JSON decode error", {}, { error: message });
    throw invalid(issues);
  }
}

/** Level by level: what calls itself for each level runs out of stack. */
function isDeeperThan(value: unknown, depth: number): boolean {
  let level = [value];
  for (let at = 0; level.length > 0; at += 1) {
    if (at > depth) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/([^;]*\+)?json\s*(;|$)/i.test(contentType?.trim() ?? "");
}
