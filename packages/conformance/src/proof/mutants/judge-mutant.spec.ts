import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { embeddedSubject, type EmbeddedSubject } from "../embedded-subject.js";
import { judgeAltered, judgeMutant } from "./judge-mutant.js";
import { commandStreamMutants } from "./planted/command-streams.js";

const checks = allChecks.filter(
  ({ id }) => id.startsWith("execd/command-stream/") || id.startsWith("lifecycle/create/"),
);

describe("judgeMutant", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());

  it("passes a server behind a gateway that changes nothing", async () => {
    const report = await judgeAltered(server.subject, () => ({}), { checks, depth: "quick", seed: 1 });
    expect(report.results.filter(({ verdict }) => verdict.status !== "pass")).toEqual([]);
  });

  it("kills a mutant by the check and for the reason that it names", async () => {
    const [mutant] = commandStreamMutants;
    if (mutant === undefined) throw new Error("no mutant");
    const { report: _, ...judgement } = await judgeMutant(mutant, server.subject, { checks, depth: "quick", seed: 1 });
    expect(judgement).toEqual({
      mutant: mutant.id,
      isKilled: true,
      verdict: "fail execd.stream.init/first-is-init",
      alsoFailed: [],
      unexpected: [],
    });
  });

  it("does not call another reason a kill", async () => {
    const [mutant] = commandStreamMutants;
    if (mutant === undefined) throw new Error("no mutant");
    const { isKilled, unexpected } = await judgeMutant(
      { ...mutant, check: "execd/command-stream/one-end" },
      server.subject,
      { checks, depth: "quick", seed: 1 },
    );
    expect(isKilled).toBe(false);
    expect(unexpected).toEqual(["execd/command-stream/init-first: fail execd.stream.init/first-is-init"]);
  });
});
