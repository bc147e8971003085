import { fileURLToPath } from "node:url";
import { analyzeRecordings, damageRecordings, freezeAnalysis, frozenAnalyses } from "@rxsandbox/conformance";
import { describe, expect, it } from "vitest";

const directory = fileURLToPath(new URL("../fixtures/transcripts", import.meta.url));
const frozen = frozenAnalyses();

describe("analyzeRecordings on the recorded transcripts", () => {
  const { analyses, ...counts } = analyzeRecordings(directory, frozen);

  it("reads all of them, and judges no body that was not kept whole", () => {
    expect(counts).toEqual({ recordings: 328, streams: 145, abbreviated: 2 });
    expect(analyses.filter(({ abbreviated }) => abbreviated.length > 0).map(({ id }) => id)).toEqual([
      "execd/command/line-1mib-no-newline",
      "execd/command/lines-100k",
    ]);
  });

  it("finds what is frozen, in every one", () => {
    expect(Object.fromEntries(analyses.map((analysis) => [analysis.id, freezeAnalysis(analysis)]))).toEqual(frozen);
  });
});

describe("damageRecordings", () => {
  it("turns nearly every stream red, whatever is broken", () => {
    const tally = damageRecordings(directory, frozen, 5);
    process.stdout.write(
      `damaged streams caught: ${tally.map(({ how, red, of }) => `${how} ${red} of ${of}`).join(", ")}\n`,
    );
    const sum = (of: (each: (typeof tally)[number]) => number): number =>
      tally.reduce((total, each) => total + of(each), 0);
    expect(sum(({ red }) => red) / sum(({ of }) => of)).toBeGreaterThanOrEqual(0.95);
    expect(tally.filter(({ how, red, of }) => how !== "byte cut" && red < of)).toEqual([]);
    expect(tally.every(({ of }) => of >= 100)).toBe(true);
  });
});
