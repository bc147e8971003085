import { describe, expect, it } from "vitest";
import type { Baseline } from "./baseline.js";
import type { Verdict } from "../../model/verdict.js";
import type { CheckResult } from "../run/check-result.js";
import { conclude, type ConclusionInput } from "./conclude.js";

const reason = { clause: "X03", invariant: "no-end" };
const finding = { reason, expected: 1, observed: 0 };
const verdicts = {
  pass: { status: "pass", evidence: [] },
  fail: { status: "fail", ...finding },
  warn: { status: "warn", ...finding },
  flaky: { status: "flaky", ...finding, times: { hits: 1, of: 2 } },
  absent: { status: "not-applicable", capability: "code", absence: "404" },
  unverified: { status: "unverified", because: "x" },
  blocked: { status: "blocked", by: "x" },
  error: { status: "error", message: "x" },
} as const satisfies Record<string, Verdict>;

function result(check: string, verdict: Verdict, level: CheckResult["level"] = "MUST"): CheckResult {
  return {
    check,
    title: "",
    clauses: ["X03"],
    level,
    group: "commands",
    capability: "core",
    access: "direct",
    verdict,
    warnings: [],
    observations: [],
    statistics: [],
    startedAt: 0,
    durationMs: 1,
    leaks: [],
  };
}

const usual: ConclusionInput = {
  depth: "standard",
  results: [result("a", verdicts.pass)],
  known: [],
  isReachable: true,
  isCutShort: false,
  today: "2026-01-01",
};
const of = (...named: (keyof typeof verdicts)[]): ConclusionInput => ({
  ...usual,
  results: [result("ok", verdicts.pass), ...named.map((name, index) => result(`c${index}`, verdicts[name]))],
});
const known: Baseline = {
  name: "known",
  implementation: "x",
  entries: [{ check: "c0", reason: "X03/no-end", occurs: "always", why: "x", expires: "2030-01-01" }],
};

describe("conclude", () => {
  it("names the profile and the MUST checks that it leaves out", () => {
    const { text, exitCode, leftOut } = conclude({
      ...usual,
      capabilities: ["core"],
      known: [
        { id: "a", level: "MUST" },
        { id: "b", level: "MUST" },
        { id: "c", level: "INFO" },
      ],
    });
    expect([text, exitCode, leftOut]).toEqual(["conformant: standard, core", 0, ["b"]]);
  });

  it("says when it has seen a part of the profile only", () => {
    expect(conclude({ ...usual, filter: "sessions" }).text).toBe("conformant: standard, filter sessions");
    expect(conclude({ ...usual, capabilities: ["core"], filter: "a*", shard: { index: 1, of: 4 } }).text).toBe(
      "conformant: standard, core, filter a*, shard 1/4",
    );
  });

  it.each<[string, ConclusionInput, number]>([
    ["a warning", of("warn"), 0],
    ["an absent capability", of("absent"), 0],
    ["a failure", of("fail"), 1],
    ["an unverified MUST", of("unverified"), 2],
    ["a blocked MUST", of("blocked"), 2],
    ["a flaky MUST", of("flaky"), 2],
    ["no check at all", { ...usual, results: [] }, 2],
    ["only absent capabilities", { ...usual, results: [result("a", verdicts.absent)] }, 2],
    ["a run that was cut short", { ...usual, isCutShort: true }, 2],
    ["a void self-check", { ...usual, selfCheck: "void" }, 2],
    ["an unreachable subject", { ...usual, results: [], isReachable: false }, 4],
    ["a fault of the suite", of("error"), 5],
    ["a fault of the runner", { ...usual, fault: "checks require each other in a circle" }, 5],
    [
      "an unverified INFO",
      { ...usual, results: [result("ok", verdicts.pass), result("i", verdicts.unverified, "INFO")] },
      0,
    ],
  ])("exits for %s", (_what, input, code) => expect(conclude(input).exitCode).toBe(code));

  it("lets 5 win over 4 over 1 over 2 over 0", () => {
    expect(conclude(of("error", "fail", "unverified")).exitCode).toBe(5);
    expect(conclude({ ...of("fail"), isReachable: false }).exitCode).toBe(4);
    expect(conclude(of("fail", "unverified", "flaky")).exitCode).toBe(1);
  });

  it("never calls a baselined failure conformant, and excuses it for the gate on regressions only", () => {
    expect(conclude({ ...of("fail"), baseline: known })).toMatchObject({ exitCode: 1, outcome: "not-conformant" });
    expect(conclude({ ...of("fail"), baseline: known, gate: "regressions" })).toMatchObject({
      exitCode: 0,
      outcome: "no-regression",
      text: "not conformant, no regression: standard",
    });
  });

  it("fails for a new failure, another reason, a stale and an expired entry", () => {
    const gate = { gate: "regressions", baseline: known } as const;
    expect(conclude({ ...of("fail", "fail"), ...gate }).exitCode).toBe(1);
    expect(
      conclude({
        ...usual,
        ...gate,
        results: [result("c0", { ...verdicts.fail, reason: { clause: "X03", invariant: "other" } })],
      }).exitCode,
    ).toBe(1);
    expect(conclude({ ...usual, ...gate, results: [result("c0", verdicts.pass)] }).exitCode).toBe(1);
    expect(conclude({ ...of("fail"), ...gate, today: "2031-01-01" }).exitCode).toBe(1);
  });

  it("does not call an entry stale that happens sometimes, or whose check did not run or was not verified", () => {
    const sometimes: Baseline = {
      ...known,
      entries: known.entries.map((entry) => ({ ...entry, occurs: "sometimes" })),
    };
    expect(
      conclude({ ...usual, results: [result("c0", verdicts.pass)], gate: "regressions", baseline: sometimes }).exitCode,
    ).toBe(0);
    expect(conclude({ ...usual, gate: "regressions", baseline: known }).exitCode).toBe(0);
    expect(
      conclude({
        ...usual,
        results: [result("ok", verdicts.pass), result("c0", verdicts.absent)],
        gate: "regressions",
        baseline: known,
      }).exitCode,
    ).toBe(0);
  });
});
