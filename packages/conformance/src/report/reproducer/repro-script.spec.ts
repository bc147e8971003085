import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { makeCase } from "./make-case.js";
import { reproScript } from "./repro-script.js";
import { sampleReport } from "../../proof/testing/sample-report.js";

const failed = sampleReport.results.find(({ verdict }) => verdict.status === "fail");
const made = failed === undefined ? undefined : makeCase(sampleReport, failed, "case.json");
if (made === undefined) throw new Error("no case");
const script = reproScript(made);

describe("reproScript", () => {
  it("is a script that shells read", () => {
    for (const shell of ["sh", "bash"])
      expect(execFileSync(shell, ["-n"], { input: script, encoding: "utf8" })).toBe("");
  });

  it("names symbols as variables, and takes secrets from the environment", () => {
    expect(script).toContain("key=${KEY:?}");
    expect(script).toContain("sandbox1=$(field 1 'id')");
    expect(script).toContain(`"\${lifecycle%%:*}://$execd1"'/command'`);
  });

  it("takes a token from the answer that gave the endpoint", () => {
    expect(script).toContain("token1=$(field 2 'X-Token')");
    expect(script).toContain(`-H 'X-Token: '"$token1"`);
  });

  it("keeps quotes of a body", () => {
    expect(script).toContain(`--data-raw '{"command":"echo it'\\''s"}'`);
  });

  it("removes what it made", () => {
    expect(script).toContain('made="/v1/sandboxes/$sandbox1 $made"');
  });

  it("sends bytes that are not text", () => {
    const [first] = made.operations;
    if (first === undefined) throw new Error("no operation");
    const binary = reproScript({
      ...made,
      operations: [{ ...first, body: { base64: Buffer.from([0, 255, 39]).toString("base64") } }],
    });
    expect(binary).toContain(`printf '\\000\\377\\047' | curl`);
  });

  it("sends the operations of a kept-alive connection by one command", () => {
    const last = made.operations.at(-1);
    if (last === undefined) throw new Error("no operation");
    const kept = { ...last, delayMs: 0, connection: "kept" };
    const chained = reproScript({ ...made, operations: [...made.operations.slice(0, 2), kept, { ...kept, after: 2 }] });
    expect(chained).toMatch(/^curl .*3\.body.* \\\n {2}--next -sN .*4\.body/m);
    expect(chained.match(/^show \d/gm)).toHaveLength(4);
    expect(execFileSync("sh", ["-n"], { input: chained, encoding: "utf8" })).toBe("");
  });
});
