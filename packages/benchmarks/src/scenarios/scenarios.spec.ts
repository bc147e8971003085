import * as officialSdk from "@alibaba-group/opensandbox";
import * as compat from "@rxsandbox/compat";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveScenarios, type ScenarioServer } from "./serve-scenarios.js";
import { ownSubject, sdkSubject } from "./subject.js";

const official = sdkSubject("official SDK", officialSdk);
const dropIn = sdkSubject("compat", compat);
/**
 * `all` runs everything both ways, as `npm run scenarios` does; else each number goes one way with the official SDK and
 * the other way with ours.
 */
const isWhole = process.env["RXSANDBOX_SCENARIOS"] === "all";

let server: ScenarioServer;

beforeAll(async () => {
  server = await serveScenarios();
});

afterAll(async () => {
  await server.close();
});

describe.each([official, ownSubject])("scenarios of $name", ({ scenarios }) => {
  it("have one number each", () => {
    const numbers = scenarios.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

// In CI only, and by `npm run scenarios`: the official client waits for the end of each body.
describe.runIf(process.env["CI"] === "true").each([
  { subject: official, directParity: 0 },
  { subject: dropIn, directParity: 1 },
  { subject: ownSubject, directParity: 0 },
])("$subject.name against the embedded server", ({ subject, directParity }) => {
  describe.each([
    { access: "direct", useServerProxy: false, parity: directParity },
    { access: "through the server proxy", useServerProxy: true, parity: 1 - directParity },
  ])("$access", ({ useServerProxy, parity }) => {
    const chosen = subject.scenarios.filter(({ number }) => isWhole || number % 2 === parity);
    it.concurrent.each(chosen)("$number: $name", { timeout: 60_000 }, ({ run }) =>
      run({ ...server.connection, useServerProxy }),
    );
  });
});
