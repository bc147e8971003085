import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastValueFrom } from "rxjs";
import type { Check } from "./check.js";
import { eventRun, linesOf } from "../checks/event-run.js";
import { makeCase } from "../report/reproducer/make-case.js";
import { replay } from "../report/reproducer/replay.js";
import { reproScript } from "../report/reproducer/repro-script.js";
import { readCase } from "../report/reproducer/reproducer-case.js";
import { markdownSummary } from "../report/markdown-summary.js";
import { reportPage } from "../report/html/report-page.js";
import { readReport } from "../report/written-report.js";
import { runConformance } from "../engine/run/run-conformance.js";
import type { LifecycleAddress, ServerSubject } from "./subject.js";
import { type EmbeddedSubject, embeddedSubject } from "../proof/embedded-subject.js";

const SECRET = "s3cret 'of the kernel'";
const setup = { entrypoint: ["sleep", "900"], env: { RX_PLAIN: "plain value" }, resourceLimits: { cpu: "500m" } };

/** Fails, and says by its reason whether the sandbox was made as asked. */
const check: Check = {
  id: "execd/setup/echo",
  title: "the sandbox has what it was made with",
  clauses: ["execd.exit.zero"],
  level: "MUST",
  part: "execd",
  group: "commands",
  capability: "core",
  depth: "quick",
  async run(context) {
    const { execd, created } = await context.sandbox();
    const seen = linesOf(
      await eventRun(execd, "/command", { command: 'echo "$RX_PLAIN/$RX_SECRET"' }),
      "stdout",
    ).join();
    const isAsAsked =
      seen === `${setup.env.RX_PLAIN}/${SECRET}` &&
      JSON.stringify(created["entrypoint"]) === JSON.stringify(setup.entrypoint);
    context.must(false, { invariant: isAsAsked ? "as-asked" : "other", observed: seen });
  },
};

describe("the sandboxes of a run", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());
  const subjectWith = (fields: Partial<LifecycleAddress>): ServerSubject => ({
    ...server.subject,
    lifecycle: { ...(server.subject.lifecycle as LifecycleAddress), ...fields },
  });

  it("are made as the subject says; reports, cases and scripts say how, and show no secret", async () => {
    const last = await lastValueFrom(
      runConformance(subjectWith({ ...setup, secretEnv: { RX_SECRET: SECRET } }), {
        depth: "quick",
        seed: 1,
        checks: [check],
      }),
    );
    if (last.type !== "finished") throw new Error("a run ends in its report");
    expect(last.report.results[0]?.verdict).toMatchObject({ status: "fail", reason: { invariant: "as-asked" } });
    const written = readReport(last.json);
    expect(written.run.sandbox).toEqual({
      image: "any",
      ...setup,
      secretEnv: ["RX_SECRET"],
      echo: server.subject.lifecycle?.echo,
    });
    const [result] = written.results;
    const made = result && makeCase(written, result, "case.json");
    if (made === undefined) throw new Error("a failed check has a case");
    const script = reproScript(made);
    for (const text of [last.json, JSON.stringify(made), script, reportPage(written), markdownSummary(written)]) {
      expect(text).not.toContain("s3cret");
      expect(text).toContain("RX_SECRET");
      expect(text).toContain("plain value");
    }
    expect(script).toContain("env_RX_SECRET=${RX_SECRET:?}");
    expect(script).toContain(`"RX_SECRET":"'"$env_RX_SECRET"'"`);

    const reproducer = readCase(JSON.stringify(made));
    const replayed = await replay(reproducer, subjectWith({ secretEnv: { RX_SECRET: SECRET } }), { checks: [check] });
    expect(replayed).toMatchObject({ answer: "STILL-FAILING" });
    expect(replayed.sent.same).toBe(replayed.sent.of);
    expect(await replay(reproducer, server.subject, { checks: [check] })).toMatchObject({
      answer: "CANNOT-REPLAY",
      text: expect.stringContaining("RX_SECRET") as string,
    });
  }, 60_000);

  it.each<[string, Partial<LifecycleAddress>]>([
    ["entrypoint", { entrypoint: [] }],
    ["env.A B", { env: { "A B": "x" } }],
    ["secretEnv.SHORT", { secretEnv: { SHORT: "12345" } }],
    ["secretEnv.A", { env: { A: "x" }, secretEnv: { A: "long enough" } }],
    ["resourceLimits.cpu", { resourceLimits: { cpu: 1 as never } }],
  ])("are refused at the call for a wrong %s", async (name, fields) => {
    expect(() => runConformance(subjectWith(fields))).toThrow(
      expect.objectContaining({ argument: `subject.lifecycle.${name}` }) as Error,
    );
  });
});
