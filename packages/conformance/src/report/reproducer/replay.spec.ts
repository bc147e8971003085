import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { embeddedSubject, type EmbeddedSubject } from "../../proof/embedded-subject.js";
import { replayMutants } from "../../proof/mutants/replay-mutants.js";
import { serverMutants } from "../../proof/mutants/server-mutants.js";
import { readCase } from "./reproducer-case.js";
import { replay } from "./replay.js";

/** Every so many mutants are tried here; all of them are by the self-proof. */
const STRIDE = 24;

describe("replay", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());

  it.runIf(process.env["CI"] === "true")(
    "finds each fault of a sample from its file alone, and the server without it repaired",
    async () => {
      const sample = serverMutants.filter((_, index) => index % STRIDE === 5);
      const replayed = await replayMutants(sample, server.subject, { checks: allChecks, seed: 3 });
      expect(replayed.map(({ mutant, withFault, without }) => [mutant, withFault, without])).toEqual(
        sample.map(({ id }) => [id, "STILL-FAILING", "FIXED"]),
      );
    },
    120_000,
  );

  it.each([
    ["lifecycle/pause/unknown", "lifecycle.pause.unknown"],
    ["execd/command-exit/zero", "execd.exit.success"],
  ])("says that the server refuses the key, for %s", async (check, clause) => {
    const { lifecycle } = server.subject;
    const wrong = { ...server.subject, ...(lifecycle && { lifecycle: { ...lifecycle, apiKey: "key-of-a-stranger" } }) };
    const made = readCase(
      JSON.stringify({
        schema: 1,
        check,
        reason: { clause, invariant: "none" },
        seed: 1,
        depth: "quick",
        path: "direct",
        operations: [
          { endpoint: "lifecycle", method: "GET", path: "/v1/sandboxes", headers: {}, delayMs: 0, captures: [] },
        ],
      }),
    );
    const { answer, text } = await replay(made, wrong);
    expect(answer).toBe("CANNOT-REPLAY");
    expect(text).toContain("the server answers 401");
  });

  it("cannot replay a check that the suite does not have, or a subject that is not there", async () => {
    const [check] = allChecks;
    const made = readCase(
      JSON.stringify({
        schema: 1,
        check: check?.id,
        reason: { clause: "X03", invariant: "no-end" },
        seed: 1,
        depth: "quick",
        path: "direct",
        operations: [],
      }),
    );
    expect(await replay({ ...made, check: "execd/none/none" }, server.subject)).toMatchObject({
      answer: "CANNOT-REPLAY",
      text: "CANNOT-REPLAY: this suite has no check execd/none/none",
    });
    expect(await replay(made, { kind: "server", execd: { url: "http://127.0.0.1:9" } })).toMatchObject({
      answer: "CANNOT-REPLAY",
    });
  });
});
