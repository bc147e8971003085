import { lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import type { ConformanceReport } from "../report/conformance-report.js";
import type { ConformanceOptions } from "../runner/conformance-options.js";
import { runConformance } from "../runner/run-conformance.js";
import type { ReferenceServerOptions } from "@rxsandbox/reference-server";
import { embeddedSubject } from "./embedded-subject.js";

async function judge(server: ReferenceServerOptions, options: ConformanceOptions): Promise<ConformanceReport> {
  const { subject, close } = await embeddedSubject(server);
  try {
    const last = await lastValueFrom(runConformance(subject, options));
    if (last.type !== "finished") throw new Error("a run ends in its report");
    return last.report;
  } finally {
    await close();
  }
}

const reds = ({ results }: ConformanceReport): readonly unknown[] => results.filter(({ verdict }) => verdict.status !== "pass").map(({ check, verdict }) => [check, verdict]);

describe("embeddedSubject", () => {
  it("is conformant in profile spec at depth quick", async () => {
    const report = await judge({ profile: "spec" }, { depth: "quick", seed: 1 });
    expect(reds(report)).toEqual([]);
    expect(report.conclusion).toMatchObject({ outcome: "conformant", exitCode: 0 });
    expect(report.leaks).toEqual([]);
  });

  it("is reached in profile opensandbox too", async () => {
    const report = await judge({ profile: "opensandbox" }, { depth: "quick", seed: 1 });
    expect(reds(report)).toEqual([]);
  });
});
