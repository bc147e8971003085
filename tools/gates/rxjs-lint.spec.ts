import { describe, expect, it } from "vitest";
import { withPlantedTree } from "./planted-tree.mjs";
import { toolRoot } from "./run-tool.mjs";
import { rxjsLint } from "./rxjs-lint.mjs";

const tsconfig = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    types: [],
    skipLibCheck: true,
  },
  include: ["../packages/*/src/**/*.ts"],
};

async function rulesFound(sources: Record<string, string>): Promise<string[]> {
  const files = Object.fromEntries(
    Object.entries(sources).map(([name, body]) => [
      `packages/transport/src/${name}`,
      `import { Observable, Subject, of } from "rxjs";\ndeclare const a: Observable<number>;\n${body}\n`,
    ]),
  );
  // Below the workspace, so that rxjs and its types resolve.
  const found = await withPlantedTree(
    { ...files, "tools/specs.tsconfig.json": tsconfig },
    rxjsLint.check,
    `${toolRoot}reports`,
  );
  return found.map((line) => /\(rxjs-x\/(.*)\)$/.exec(line)?.[1] ?? line).sort();
}

describe("rxjsLint", () => {
  it("finds what is planted, one file each, and nothing in a clean file", async () => {
    const rules = await rulesFound({
      "clean.ts": "export const subscription = a.subscribe({ next: () => {}, error: () => {} });",
      "nested.ts":
        "export const s = a.subscribe({ next: () => { const t = a.subscribe({ error: () => {} }); t.unsubscribe(); }, error: () => {} });",
      "ignored-subscription.ts": "a.subscribe({ next: () => {}, error: () => {} });",
      "ignored-error.ts": "export const s = a.subscribe(() => {});",
      "floating.ts": "export function f(): void { of(1); }",
      "async.ts":
        "export const s = a.subscribe({ next: () => {}, error: () => {} }); export const t = a.subscribe(async () => {});",
      "exposed.ts": "export class A { readonly values = new Subject<number>(); }",
    });
    expect(rules).toEqual([
      "no-async-subscribe",
      "no-exposed-subjects",
      "no-floating-observables",
      "no-ignored-error",
      "no-ignored-error",
      "no-ignored-subscription",
      "no-nested-subscribe",
    ]);
  });

  it("cannot be switched off by a comment", async () => {
    expect(
      await rulesFound({ "x.ts": `/* es${"lint"}-dis${"able"} */\na.subscribe({ next: () => {}, error: () => {} });` }),
    ).toContain("no-ignored-subscription");
  });
});
