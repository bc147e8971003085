import { configDefaults, defineConfig, mergeConfig } from "vitest/config";
import tests from "./vitest.config.js";

/** Specs that attack a server of their own, in a process of its own: `npm run attack`. */
export default mergeConfig(
  defineConfig({ ...tests, test: { ...tests.test, include: [], exclude: [] } }),
  defineConfig({
    test: {
      include: ["packages/*/src/**/*.attack.spec.ts"],
      exclude: configDefaults.exclude,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  }),
);
