import type { Scenario, ScenarioContext, Sdk, SdkConnection } from "./scenario.js";

/**
 * Runs one scenario with the given SDK against the given server and cleans up what it created. Rejects with what
 * differed.
 */
export async function runScenario(scenario: Scenario, sdk: Sdk, connection: SdkConnection): Promise<void> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const context: ScenarioContext = {
    sdk,
    connection,
    create: async (options) => {
      const sandbox = await sdk.Sandbox.create({
        connectionConfig: connection,
        image: "python:3.11",
        timeoutSeconds: 120,
        ...options,
      });
      cleanups.push(() => sandbox.close());
      cleanups.push(() => sandbox.kill());
      return sandbox;
    },
    manager: () => {
      const manager = sdk.SandboxManager.create({ connectionConfig: connection });
      cleanups.push(() => manager.close());
      return manager;
    },
    defer: (cleanup) => void cleanups.push(cleanup),
  };
  try {
    await scenario.run(context);
  } finally {
    for (const cleanup of cleanups.reverse()) {
      // A sandbox that the scenario killed itself is gone already; the outcome of the scenario is what counts.
      await cleanup().catch(() => undefined);
    }
  }
}
