import * as officialSdk from "@alibaba-group/opensandbox";
import * as compat from "@rxsandbox/compat";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScenario } from "./run-scenario.js";
import type { Sdk } from "./scenario.js";
import { scenarios } from "./scenarios.js";
import { serveScenarios, type ScenarioServer } from "./serve-scenarios.js";

/** The packages that have to behave alike. */
const sdks: readonly { readonly name: string; readonly sdk: Sdk; readonly without: readonly number[] }[] = [
  { name: "official SDK", sdk: officialSdk, without: [] },
  // Streams of bytes can be uploaded once the client can.
  { name: "compat", sdk: compat as unknown as Sdk, without: [20] },
];

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

describe.each(sdks)("$name against the embedded server", ({ sdk, without }) => {
  describe.each([
    { access: "direct", useServerProxy: false },
    { access: "through the server proxy", useServerProxy: true },
  ])("$access", ({ useServerProxy }) => {
    it.concurrent.each(scenarios.filter(({ number }) => !without.includes(number)))("$number: $name", { timeout: 60_000 }, async (scenario) => {
      await runScenario(scenario, sdk, { ...server.connection, useServerProxy });
    });
  });
});
