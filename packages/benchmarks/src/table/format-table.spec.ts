import { describe, expect, it } from "vitest";
import { formatTable, numberText } from "./format-table.js";

describe("formatTable", () => {
  it("prints one aligned line per row with figures, ratio, target and mark", () => {
    const figure = {
      measurement: "m",
      subject: "rxsandbox",
      metric: "ms",
      cpu: { metric: "cpuMs", unit: "ms" },
    } as const;
    const table = formatTable([
      {
        row: {
          id: "P1",
          work: "short",
          unit: "ms",
          better: "lower",
          reference: { ...figure },
          ours: figure,
          target: { atLeastTimes: 500 },
        },
        reference: { median: 1004.4, min: 1001, max: 1010, cpu: 12.34 },
        ours: { median: 0.61234, min: 0.5, max: 1, cpu: 0.2 },
        times: 1640.2,
        passed: true,
      },
    ]);
    const [head, rule, line] = table.split("\n");
    expect(line).toBe(
      "| P1 | short | ms   | 1,004 (1,001..1,010) | 12.3 ms | 0.612 (0.5..1) | 0.2 ms |            | 1,640x | >= 500x | pass |",
    );
    expect(head).toHaveLength(line?.length ?? 0);
    expect(rule).toHaveLength(line?.length ?? 0);
  });
});

describe("numberText", () => {
  it("keeps three significant digits and every digit of thousands", () => {
    expect(numberText(0.00123456)).toBe("0.00123");
    expect(numberText(1234567.8)).toBe("1,234,568");
    expect(numberText(0)).toBe("0");
  });
});
