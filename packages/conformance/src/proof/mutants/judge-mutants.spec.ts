import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { embeddedSubject, type EmbeddedSubject } from "../embedded-subject.js";
import { always } from "./named-mutants.js";
import { judgeMutants } from "./judge-mutants.js";
import { serverKillTable } from "./named-mutants.js";
import { serverMutants } from "./server-mutants.js";

/** Every so many mutants are tried here; all of them are by `npm run self-proof`. */
const STRIDE = 9;

describe("judgeMutants", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());

  // In CI only; `npm run self-proof` tries all of them.
  it.runIf(process.env["CI"] === "true")(
    "kills a sample of the mutants, each by its check and for its reason, with nothing else red",
    async () => {
      // What shows after a minute only is left to the whole proof.
      const patient = new Set(allChecks.filter(({ depth }) => depth === "full").map(({ id }) => id));
      const sample = serverMutants.filter(({ check }, index) => index % STRIDE === 0 && !patient.has(check));
      const judged = await judgeMutants(sample, server.subject, { checks: allChecks, seed: 11 });
      expect(
        judged
          .filter(({ isKilled, unexpected }) => !isKilled || unexpected.length > 0)
          .map(({ mutant, verdict, unexpected }) => [mutant, verdict, unexpected]),
      ).toEqual([]);
      expect(judged).toHaveLength(sample.length);
    },
    120_000,
  );

  it("does not take a mutant that changes nothing for killed", async () => {
    const idle = always(
      "idle",
      "nothing is wrong",
      "execd/command-exit/zero",
      "execd.exit.zero/zero-is-completion",
      () => ({}),
    );
    const [judged] = await judgeMutants([idle], server.subject, { checks: allChecks, seed: 11 });
    expect(judged).toMatchObject({ isKilled: false, verdict: "pass" });
  });

  it("declares beside the named check only checks of the suite, for mutants that there are", () => {
    const known = new Map(serverMutants.map(({ id, check }) => [id, check]));
    const checks = new Set(allChecks.map(({ id }) => id));
    for (const [mutant, others] of Object.entries(serverKillTable())) {
      expect(known.has(mutant), mutant).toBe(true);
      expect(
        others.filter((check) => !checks.has(check) || check === known.get(mutant)),
        mutant,
      ).toEqual([]);
    }
  });

  it("has at most 8 mutants that break more than a tenth of the checks", () => {
    const tenth = allChecks.filter(({ part }) => part !== "rule").length / 10;
    expect(
      serverMutants
        .filter(({ alsoFails }) => alsoFails.length + 1 > tenth)
        .map(({ id }) => id)
        .slice(8),
    ).toEqual([]);
  });

  it("names every mutant once", () => {
    expect(new Set(serverMutants.map(({ id }) => id)).size).toBe(serverMutants.length);
  });
});
