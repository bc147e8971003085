import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { lastValueFrom } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../checks/all-checks.js";
import { startGateway } from "../gateway/start-gateway.js";
import { writeReports } from "./write-reports.js";
import type { ConformanceReport } from "../engine/run/conformance-report.js";
import { runConformance } from "../engine/run/run-conformance.js";
import { sampleReport } from "../proof/testing/sample-report.js";
import { embeddedSubject, type EmbeddedSubject } from "../proof/embedded-subject.js";
import { commandStreamMutants } from "../proof/mutants/planted/command-streams.js";

const SENTINEL = "k3y-s3nt1nel-7f0a";
const mutant = commandStreamMutants.find(({ id }) => id === "two-ends");

describe("writeReports", () => {
  let server: EmbeddedSubject;
  let directory: string;
  let paths: readonly string[];
  let texts: readonly string[];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "rx-reports-"));
    server = await embeddedSubject({ apiKey: SENTINEL });
    const gateway = await startGateway({ lifecycle: server.subject.lifecycle?.url ?? "" }, mutant?.alteration() ?? {});
    const subject = { ...server.subject, lifecycle: { image: "any", apiKey: SENTINEL, url: gateway.lifecycle ?? "" } };
    const checks = allChecks.filter(
      ({ id }) => id.startsWith("execd/command-stream/") || id.startsWith("lifecycle/create/"),
    );
    const last = await lastValueFrom(runConformance(subject, { depth: "quick", seed: 1, checks }));
    await gateway.close();
    if (last.type !== "finished") throw new Error("a run ends in its report");
    paths = await writeReports(last.report, last.json, directory);
    texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("writes the page first, then every other form, and a case for each failure", async () => {
    expect(paths.map((path) => path.slice(directory.length + 1))).toEqual([
      "report.html",
      "report.json",
      "junit.xml",
      "summary.md",
      "badge.json",
      "cases/execd.command-stream.one-end/case.json",
      "cases/execd.command-stream.one-end/repro.sh",
    ]);
    expect(await readdir(directory)).toHaveLength(6);
  });

  it("writes a report that its published schema describes", async () => {
    const schema = JSON.parse(await readFile(new URL("../../report.schema.json", import.meta.url), "utf8")) as object;
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
    const report = JSON.parse(texts[1] ?? "") as Record<string, unknown>;
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(validate({ ...report, extra: 1 })).toBe(false);
    expect([validate(sampleReport), validate.errors]).toEqual([true, null]);
  });

  it("keeps where each blamed clause comes from", () => {
    const { blamed } = JSON.parse(texts[1] ?? "") as Pick<ConformanceReport, "blamed">;
    expect(blamed["X03"]).toMatchObject({ level: "MUST", source: "divergences.md#X03" });
    expect(blamed["X03"]?.url).toMatch(/^https:.*\/docs\/protocol\/divergences\.md#X03$/);
    expect(JSON.parse(texts[5] ?? "")).toMatchObject({ clause: blamed["X03"]?.text, source: blamed["X03"]?.url });
  });

  it("lets no secret through, in no form and across no border", () => {
    const forms = [SENTINEL, encodeURIComponent(SENTINEL), Buffer.from(SENTINEL).toString("base64").replace(/=+$/, "")];
    const decoded = [...(texts[1] ?? "").matchAll(/"base64": "([^"]*)"/g)]
      .map(([, base64 = ""]) => Buffer.from(base64, "base64").toString("latin1"))
      .join("");
    expect([...texts, decoded].filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
    // The run did speak of it.
    expect(texts[5]).toContain("$key");
  });
});
