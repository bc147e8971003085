// @ts-check
import { join } from "node:path";
import { ESLint } from "eslint";
import rxjsX from "eslint-plugin-rxjs-x";
import tseslint from "typescript-eslint";

/**
 * What the RxJS rules see: nested, ignored and floating subscriptions among others. @type
 * {import("./workspace.mjs").Gate}
 */
export const rxjsLint = {
  name: "rxjs lint",
  check: async (root) => {
    const eslint = new ESLint({
      cwd: root,
      overrideConfigFile: true,
      overrideConfig: rxjsConfig(join(root, "tools/specs.tsconfig.json")),
    });
    const results = await eslint.lintFiles(["packages/*/src/**/*.ts"]);
    return results.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ line, message, ruleId }) =>
          `${filePath.slice(root.length).replace(/^\//, "")}:${line}: ${message} (${ruleId})`,
      ),
    );
  },
};

/**
 * The RxJS rules, which need types; everything else is oxlint's. No comment can switch them off.
 * @param {string} project path of the tsconfig that holds all sources and specs
 * @returns {import("eslint").Linter.Config[]}
 */
export function rxjsConfig(project) {
  return [
    { ignores: ["**/dist/**", "**/fixtures/**"] },
    {
      files: ["**/*.ts"],
      languageOptions: {
        parser: /** @type {import("eslint").Linter.Parser} */ (tseslint.parser),
        parserOptions: { project: [project] },
      },
      linterOptions: { noInlineConfig: true },
      plugins: { "rxjs-x": rxjsX },
      rules: {
        ...rxjsX.configs.recommended.rules,
        "rxjs-x/no-exposed-subjects": "error",
        "rxjs-x/no-floating-observables": "error",
        "rxjs-x/no-ignored-takewhile-value": "off",
        "rxjs-x/no-ignored-error": "error",
        "rxjs-x/no-ignored-subscribe": "error",
        "rxjs-x/no-ignored-subscription": "error",
        "rxjs-x/no-subclass": "error",
      },
    },
    {
      // A spec may start finite work and look at what arrived.
      files: ["**/*.spec.ts"],
      rules: {
        "rxjs-x/no-ignored-error": "off",
        "rxjs-x/no-ignored-subscribe": "off",
        "rxjs-x/no-ignored-subscription": "off",
        "rxjs-x/no-implicit-any-catch": "off",
        "rxjs-x/no-nested-subscribe": "off",
        "rxjs-x/throw-error": "off",
      },
    },
  ];
}
