import assert from "node:assert/strict";
import { tap } from "rxjs";
import type { OwnScenario } from "./own-scenario.js";

/** Behaviour 25: metrics. */
export const ownMetricsScenarios: readonly OwnScenario[] = [
  {
    number: 25,
    name: "metrics are within their bounds and recent",
    run: ({ inSandbox }) =>
      inSandbox((sandbox) =>
        sandbox.getMetrics().pipe(
          tap(({ cpuCount, cpuUsedPercentage, memoryTotalMiB, memoryUsedMiB, timestamp }) => {
            assert.ok(cpuCount > 0 && cpuUsedPercentage >= 0 && cpuUsedPercentage <= 100);
            assert.ok(memoryTotalMiB > 0 && memoryUsedMiB <= memoryTotalMiB);
            assert.ok(Math.abs(timestamp - Date.now()) < 60_000);
          }),
        ),
      ),
  },
];
