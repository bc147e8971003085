import { protocolUrl } from "../../model/clause.js";
import { readCatalogue } from "../../model/read-catalogue.js";
import type { Operation } from "../../model/operation.js";
import type { WrittenReport, WrittenResult } from "../written-report.js";
import type { ReproducerCase } from "./reproducer-case.js";

/** Makes the case of a failed, warned or flaky check; `undefined` for any other verdict. */
export function makeCase(report: WrittenReport, result: WrittenResult, file: string): ReproducerCase | undefined {
  const { verdict, record } = result;
  if (verdict.status !== "fail" && verdict.status !== "warn" && verdict.status !== "flaky") return undefined;
  const clause = readCatalogue().clauses.get(verdict.reason.clause);
  return {
    schema: 1,
    suite: report.suite.version,
    check: result.check,
    title: result.title,
    level: result.level,
    reason: verdict.reason,
    clause: clause?.text ?? result.title,
    ...(clause === undefined ? {} : { source: protocolUrl(clause.source) }),
    expected: verdict.expected,
    observed: verdict.observed,
    ...(verdict.times === undefined ? {} : { times: verdict.times }),
    seed: report.run.seed,
    depth: report.run.depth,
    path: result.access,
    ...(report.run.sandbox === undefined ? {} : { sandbox: report.run.sandbox }),
    ...(record?.generated === undefined ? {} : { generated: record.generated }),
    operations: withTokenCaptures(record?.operations ?? []),
    transcript: record?.exchanges ?? [],
    replay: `rxsandbox conformance replay ${file}`,
  };
}

/**
 * Names where the tokens come from: the answer that gave an endpoint also gave the headers to send with it, and which
 * ones is seen only from the requests that send them.
 */
function withTokenCaptures(operations: readonly Operation[]): readonly Operation[] {
  return operations.map((operation, index) => {
    const endpoint = operation.captures.find(({ from }) => from === "json:/endpoint");
    if (endpoint === undefined) return operation;
    const users = operations.slice(index + 1).filter(({ target }) => target === endpoint.symbol);
    const tokens = new Map(
      users
        .flatMap(({ headers }) => Object.entries(headers))
        .flatMap(([name, value]) => (/^\$token\d+$/.test(value) ? [[value, name] as const] : [])),
    );
    const captures = [...tokens].map(([symbol, name]) => ({
      symbol,
      from: `json:/headers/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    }));
    return captures.length === 0 ? operation : { ...operation, captures: [...operation.captures, ...captures] };
  });
}
