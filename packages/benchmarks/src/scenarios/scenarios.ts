import { adapterScenarios } from "./official/adapters.js";
import { commandScenarios } from "./official/commands.js";
import { egressScenarios } from "./official/egress.js";
import { fileScenarios } from "./official/files.js";
import { lifecycleErrorScenarios } from "./official/lifecycle-errors.js";
import { lifecycleScenarios } from "./official/lifecycle.js";
import { metricsScenarios } from "./official/metrics.js";
import { sessionScenarios } from "./official/sessions.js";
import { vaultScenarios } from "./official/vault.js";
import type { Scenario } from "./scenario.js";

/** All scenarios in the order of their numbers. */
export const scenarios: readonly Scenario[] = [
  ...lifecycleScenarios,
  ...lifecycleErrorScenarios,
  ...commandScenarios,
  ...sessionScenarios,
  ...fileScenarios,
  ...metricsScenarios,
  ...egressScenarios,
  ...vaultScenarios,
  ...adapterScenarios,
].sort((a, b) => a.number - b.number);
