import { ownCodeScenarios } from "./code.js";
import { ownCommandScenarios } from "./commands.js";
import { ownEgressScenarios } from "./egress.js";
import { ownFileScenarios } from "./files.js";
import { ownLifecycleErrorScenarios } from "./lifecycle-errors.js";
import { ownLifecycleScenarios } from "./lifecycle.js";
import { ownMetricsScenarios } from "./metrics.js";
import type { OwnScenario } from "./own-scenario.js";
import { ownSessionScenarios } from "./sessions.js";

/** All scenarios in this project's own style, in the order of their numbers. */
export const ownScenarios: readonly OwnScenario[] = [
  ...ownLifecycleScenarios,
  ...ownLifecycleErrorScenarios,
  ...ownCommandScenarios,
  ...ownSessionScenarios,
  ...ownFileScenarios,
  ...ownMetricsScenarios,
  ...ownEgressScenarios,
  ...ownCodeScenarios,
].sort((a, b) => a.number - b.number);
