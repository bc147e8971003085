import { describe, expect, it } from "vitest";
import { runScenario } from "./run-scenario.js";
import type { Scenario, Sdk } from "./scenario.js";

function fakeSdk(log: string[]): Sdk {
  const create = async (): Promise<unknown> => ({
    kill: async () => void log.push("kill"),
    close: async () => {
      log.push("close");
      throw new Error("closed twice");
    },
  });
  return {
    Sandbox: { create },
    SandboxManager: { create: () => ({ close: async () => void log.push("close manager") }) },
  } as unknown as Sdk;
}

describe("runScenario", () => {
  it("kills and closes what a scenario created, last first, and swallows failures of that", async () => {
    const log: string[] = [];
    const scenario: Scenario = {
      number: 0,
      name: "creates",
      run: async ({ create, manager, defer }) => {
        await create();
        manager();
        defer(async () => void log.push("deferred"));
      },
    };
    await runScenario(scenario, fakeSdk(log), {});
    expect(log).toEqual(["deferred", "close manager", "kill", "close"]);
  });

  it("cleans up after a scenario that fails, and fails with its error", async () => {
    const log: string[] = [];
    const scenario: Scenario = {
      number: 0,
      name: "fails",
      run: async ({ create }) => {
        await create();
        throw new Error("differs");
      },
    };
    await expect(runScenario(scenario, fakeSdk(log), {})).rejects.toThrow("differs");
    expect(log).toEqual(["kill", "close"]);
  });
});
