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

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    const { position, message } = findJsonError(source);
    const issues: WireValidationDetail[] = [];
    report(issues, "json_invalid", ["body", position], "JSON decode error", {}, { error: message });
    throw invalid(issues);
  }
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/([^;]*\+)?json\s*(;|$)/i.test(contentType?.trim() ?? "");
}
