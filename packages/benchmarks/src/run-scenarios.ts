import { parseArgs } from "node:util";
import type { Sdk } from "./scenarios/scenario.js";
import { runScenario } from "./scenarios/run-scenario.js";
import { scenarios } from "./scenarios/scenarios.js";
import { serveScenarios } from "./scenarios/serve-scenarios.js";

/**
 * Entry of `npm run scenarios`: every scenario, direct and through the server proxy, one line each; exit code 1 when one differs.
 *
 * Against the server of `OPEN_SANDBOX_DOMAIN` and `OPEN_SANDBOX_API_KEY`, else against an embedded one. `--sdk` names another
 * package with the official SDK's exports, `--only` some numbers.
 */
const { values } = parseArgs({
  options: {
    sdk: { type: "string", default: "@alibaba-group/opensandbox" },
    only: { type: "string", multiple: true, default: [] },
  },
});
const only = new Set(values.only.flatMap((list) => list.split(",")).map(Number));
const sdk = (await import(values.sdk)) as Sdk;
const domain = process.env["OPEN_SANDBOX_DOMAIN"];
const server = domain === undefined ? await serveScenarios() : { connection: { domain }, close: async () => undefined };
try {
  for (const useServerProxy of [false, true]) {
    for (const scenario of scenarios.filter(({ number }) => only.size === 0 || only.has(number))) {
      const started = performance.now();
      const outcome = await runScenario(scenario, sdk, { ...server.connection, useServerProxy }).then(
        () => "pass",
        (error: unknown) => `FAIL ${error instanceof Error ? error.message : String(error)}`,
      );
      if (outcome !== "pass") process.exitCode = 1;
      const ms = Math.round(performance.now() - started);
      process.stdout.write(`${useServerProxy ? "proxy " : "direct"} ${String(scenario.number).padStart(2)} ${scenario.name}: ${outcome} (${ms} ms)\n`);
    }
  }
} finally {
  await server.close();
}
