import { describe, expect, it } from "vitest";
import { countsOf, summarize } from "./ci-summary.mjs";

const green = { numPassedTests: 5, numFailedTests: 0, numFailedTestSuites: 0 };

describe("summarize", () => {
  it("adds tests and gates", () => {
    expect(summarize(green, [{ passed: 3, failed: 0 }])).toEqual({ passed: 8, failed: 0, isGreen: true });
    expect(
      summarize({ ...green, numFailedTests: 2 }, [
        { passed: 1, failed: 1 },
        { passed: 1, failed: 0 },
      ]),
    ).toEqual({ passed: 7, failed: 3, isGreen: false });
  });

  it("counts a missing report as a failure", () => {
    expect(summarize(undefined, [{ passed: 3, failed: 0 }])).toEqual({ passed: 3, failed: 1, isGreen: false });
    expect(summarize(green, [undefined])).toEqual({ passed: 5, failed: 1, isGreen: false });
  });

  it("counts a test file that could not be loaded", () => {
    const report = {
      ...green,
      testResults: [
        { status: "failed", assertionResults: [] },
        { status: "failed", assertionResults: [{}] },
      ],
    };
    expect(summarize(report, [{ passed: 1, failed: 0 }])).toMatchObject({ failed: 1, isGreen: false });
  });

  it("is not green when no test ran", () => {
    expect(summarize({ ...green, numPassedTests: 0 }, [{ passed: 3, failed: 0 }]).isGreen).toBe(false);
  });
});

describe("countsOf", () => {
  it("reads a part's own counts and reports of vitest", () => {
    expect(countsOf({ passed: 3, failed: 1 })).toEqual({ passed: 3, failed: 1 });
    expect(countsOf({ ...green, numFailedTests: 2 })).toEqual({ passed: 5, failed: 2 });
    expect(countsOf(undefined)).toBeUndefined();
  });

  it("counts a file that could not be loaded, and a run without tests", () => {
    expect(countsOf({ ...green, testResults: [{ status: "failed", assertionResults: [] }] })).toEqual({
      passed: 5,
      failed: 1,
    });
    expect(countsOf({ ...green, numPassedTests: 0 })).toEqual({ passed: 0, failed: 1 });
  });
});
