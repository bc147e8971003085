import { lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import type { ConformanceReport } from "../engine/run/conformance-report.js";
import type { ConformanceOptions } from "../engine/run/conformance-options.js";
import type { AccessPath } from "../model/subject.js";
import { readBaseline } from "../engine/verdict/read-baseline.js";
import { runConformance } from "../engine/run/run-conformance.js";
import { embeddedSubject, type ReferenceServerOptions } from "./embedded-subject.js";

async function judge(
  server: ReferenceServerOptions,
  options: ConformanceOptions,
  access: AccessPath = "direct",
): Promise<ConformanceReport> {
  const { subject, close } = await embeddedSubject(server);
  try {
    const last = await lastValueFrom(runConformance({ ...subject, access }, options));
    if (last.type !== "finished") throw new Error("a run ends in its report");
    return last.report;
  } finally {
    await close();
  }
}

const reds = ({ results }: ConformanceReport): readonly unknown[] =>
  results.filter(({ verdict }) => verdict.status !== "pass").map(({ check, verdict }) => [check, verdict]);

describe("embeddedSubject", () => {
  it("is conformant in profile spec at depth quick, and leaves nothing behind", async () => {
    const report = await judge({ profile: "spec" }, { depth: "quick", seed: 1 });
    expect(reds(report)).toEqual([]);
    expect(report.conclusion).toMatchObject({ outcome: "conformant", exitCode: 0 });
    expect(report.leaks).toEqual([]);
  });

  it("fails in profile opensandbox only where its baseline says so", async () => {
    const report = await judge(
      { profile: "opensandbox" },
      { depth: "quick", seed: 1, baseline: readBaseline("reference"), gate: "regressions" },
    );
    expect(report.conclusion.reasons).toEqual([]);
    expect(report.conclusion).toMatchObject({ outcome: "no-regression", exitCode: 0, baseline: { invalid: [] } });
  });

  it("is reached through its own proxy, which asks for the key", async () => {
    const report = await judge({}, { depth: "quick", seed: 1, filter: "*sidecar/*" }, "proxy");
    expect(reds(report)).toEqual([]);
    expect(report.results.length).toBeGreaterThan(2);
  });
});
