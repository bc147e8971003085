import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { embeddedSubject, type EmbeddedSubject } from "../embedded-subject.js";
import { always } from "./named-mutants.js";
import { judgeMutants } from "./judge-mutants.js";
import { serverMutants } from "./server-mutants.js";

/** Every so many mutants are tried here; all of them are by `npm run self-proof`. */
const STRIDE = 9;

describe("judgeMutants", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());

  it("kills a sample of the mutants, each by its check and for its reason, with nothing else red", async () => {
    // What shows after a minute only is left to the whole proof.
    const patient = new Set(allChecks.filter(({ depth }) => depth === "full").map(({ id }) => id));
    const sample = serverMutants.filter(({ check }, index) => index % STRIDE === 0 && !patient.has(check));
    const judged = await judgeMutants(sample, server.subject, { checks: allChecks, seed: 11 });
    expect(judged.filter(({ isKilled, unexpected }) => !isKilled || unexpected.length > 0).map(({ mutant, verdict, unexpected }) => [mutant, verdict, unexpected])).toEqual([]);
    expect(judged).toHaveLength(sample.length);
  }, 120_000);

  it("does not take a mutant that changes nothing for killed", async () => {
    const idle = always("idle", "nothing is wrong", "execd/command-exit/zero", "execd.exit.zero/zero-is-completion", () => ({}));
    const [judged] = await judgeMutants([idle], server.subject, { checks: allChecks, seed: 11 });
    expect(judged).toMatchObject({ isKilled: false, verdict: "pass" });
  });

  it("names every mutant once", () => {
    expect(new Set(serverMutants.map(({ id }) => id)).size).toBe(serverMutants.length);
  });
});
