import { describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { embeddedSubject } from "../embedded-subject.js";
import { judgeAltered } from "../mutants/judge-mutant.js";
import { serverMutants } from "../mutants/server-mutants.js";
import { benignVariants } from "./benign-variants.js";
import { judgeVariant, verdictVector } from "./judge-variant.js";

const checks = allChecks.filter(({ id }) => /^execd\/(command-output|command-exit)\//.test(id));
const SAMPLE = new Set(["byte-at-a-time", "crlf", "unknown-events"]);

describe("judgeVariant", () => {
  it("finds the verdicts of a sample of variants to be those of the plain server, and each active", async () => {
    const plain = await embeddedSubject();
    try {
      const options = { checks, depth: "quick", seed: 5 } as const;
      const vector = verdictVector(await judgeAltered(plain.subject, () => ({}), options));
      const judged = await Promise.all(
        benignVariants.filter(({ id }) => SAMPLE.has(id)).map((variant) => judgeVariant(variant, vector, options)),
      );
      expect(judged.filter(({ differences }) => differences.length > 0)).toEqual([]);
      expect(judged.filter(({ happened }) => happened === 0)).toEqual([]);
      expect(judged).toHaveLength(SAMPLE.size);
    } finally {
      await plain.close();
    }
  }, 60_000);

  it("tells a variant that is not benign", async () => {
    const plain = new Map([["execd/command-exit/zero", "pass"]]);
    const harmful = {
      id: "harmful",
      title: "success never comes",
      twin: "none",
      alteration: () => ({ stream: () => (async function* () {})() }),
    };
    const { differences } = await judgeVariant(harmful, plain, {
      checks: checks.filter(({ id }) => id === "execd/command-exit/zero"),
      depth: "quick",
      seed: 5,
    });
    expect(differences).toHaveLength(1);
  }, 60_000);

  it("has 24 variants or more, each with a harmful twin among the mutants", () => {
    expect(benignVariants.length).toBeGreaterThanOrEqual(24);
    expect(new Set(benignVariants.map(({ id }) => id)).size).toBe(benignVariants.length);
    const mutants = new Set(serverMutants.map(({ id }) => id));
    expect(benignVariants.filter(({ twin }) => !mutants.has(twin))).toEqual([]);
  });
});
