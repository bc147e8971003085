import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";

/** Behaviour 25: metrics. */
export const metricsScenarios: readonly Scenario[] = [
  {
    number: 25,
    name: "metrics are within their bounds and recent",
    run: async ({ create }) => {
      const sandbox = await create();
      const metrics = await sandbox.getMetrics();
      assert.ok(metrics.cpuCount > 0);
      assert.ok(metrics.cpuUsedPercentage >= 0 && metrics.cpuUsedPercentage <= 100);
      assert.ok(metrics.memoryTotalMiB > 0 && metrics.memoryUsedMiB <= metrics.memoryTotalMiB);
      assert.ok(Math.abs(metrics.timestamp - Date.now()) < 60_000);
    },
  },
];
