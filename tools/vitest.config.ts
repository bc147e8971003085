import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));
// Without "import": the workers pass these on to Node, whose require() would then load ESM builds of CommonJS packages.
const conditions = ["@rxsandbox/source", "node", "module"];

export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["node"] } },
  test: {
    include: ["packages/*/src/**/*.spec.ts", "tools/**/*.spec.ts"],
    // They attack servers for a while: `npm run attack`.
    exclude: [...configDefaults.exclude, "**/*.attack.spec.ts"],
    setupFiles: ["tools/vitest.setup.ts"],
    testTimeout: 20_000,
    // Much of the time goes by waiting for real processes: on a small machine one worker would leave it idle.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
