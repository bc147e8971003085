import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));
const conditions = ["@rxsandbox/source", "node", "import", "module", "default"];

export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["node", "import", "default"] } },
  test: {
    include: ["packages/*/src/**/*.spec.ts", "tools/**/*.spec.ts"],
    setupFiles: ["tools/vitest.setup.ts"],
    testTimeout: 20_000,
  },
});
