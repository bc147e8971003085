import * as officialSdk from "@alibaba-group/opensandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScenario } from "./run-scenario.js";
import type { Sdk } from "./scenario.js";
import { scenarios } from "./scenarios.js";
import { serveScenarios, type ScenarioServer } from "./serve-scenarios.js";

/** The packages that have to behave alike. */
const sdks: readonly { readonly name: string; readonly sdk: Sdk }[] = [{ name: "official SDK", sdk: officialSdk }];

let server: ScenarioServer;

beforeAll(async () => {
  server = await serveScenarios();
});

afterAll(async () => {
  await server.close();
});

describe("scenarios", () => {
  it("have one number each", () => {
    const numbers = scenarios.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe.each(sdks)("$name against the embedded server", ({ sdk }) => {
  describe.each([
    { access: "direct", useServerProxy: false },
    { access: "through the server proxy", useServerProxy: true },
  ])("$access", ({ useServerProxy }) => {
    it.concurrent.each(scenarios)("$number: $name", { timeout: 60_000 }, async (scenario) => {
      await runScenario(scenario, sdk, { ...server.connection, useServerProxy });
    });
  });
});
