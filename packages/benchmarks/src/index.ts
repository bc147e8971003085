export { scenarios } from "./scenarios/scenarios.js";
export { runScenario } from "./scenarios/run-scenario.js";
export type {
  Scenario,
  ScenarioContext,
  Sdk,
  SdkConnection,
  SdkCreateOptions,
  SdkSandbox,
  SdkSandboxManager,
} from "./scenarios/scenario.js";
