import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../all-checks.js";
import { finalReport } from "../../engine/run/final-report.js";
import { type EmbeddedSubject, embeddedSubject } from "../../proof/embedded-subject.js";

describe("the checks of terminals", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject({ faults: ["terminal-close-lingers"] });
  });
  afterAll(() => server.close());

  // With a wait of 5 s for each of some forty connections, the check of replays is not done in its 120 s.
  it("pass on a daemon that never ends a connection after the close frames, without waiting for it", async () => {
    const checks = allChecks.filter(({ group }) => group === "terminals");
    const report = await finalReport(server.subject, { checks, seed: 5, depth: "standard" });
    expect(
      report.results.filter(({ verdict }) => !["pass", "info"].includes(verdict.status)).map(({ check }) => check),
    ).toEqual([]);
    expect(report.results).toHaveLength(checks.filter(({ depth }) => depth !== "full").length);
  }, 60_000);
});
