import { describe, expect, it } from "vitest";
import { nodeGlobals } from "./node-globals.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const violations = (shortName: string, path: string, text: string) =>
  withPlantedTree(plantedPackage(shortName, { [path]: text }), nodeGlobals.check);

describe("nodeGlobals", () => {
  it.each([
    "export const a = process.env;",
    "export const a = Buffer.from([]);",
    "export const a = globalThis.process;",
    "export const a = (globalThis as { process?: unknown }).process;",
    "setImmediate(() => {});",
    "export const a = { dir: __dirname };",
    "export const a = global;",
    'const a = require("a");',
    'import { a } from "node:fs";',
    'import { a } from "fs/promises";',
    'import type { Dispatcher } from "undici";',
  ])("finds %s", async (text) => {
    expect(await violations("transport", "x.ts", text)).toHaveLength(1);
  });

  it("accepts the same word as a property or as a local name", async () => {
    const text =
      "interface A { process(): void; module: string }\nexport const f = (process: A, o: { global: number }) => [process.process(), process.module, o.global, { require: 1 }];";
    expect(await violations("transport", "x.ts", text)).toEqual([]);
  });

  it("leaves specs, Node packages and the Node file of client alone", async () => {
    expect(await violations("transport", "x.spec.ts", 'import { readFileSync } from "node:fs";')).toEqual([]);
    expect(await violations("transport-undici", "x.ts", 'import { request } from "undici";')).toEqual([]);
    expect(await violations("client", "platform/node.ts", "export const a = process.env;")).toEqual([]);
    expect(await violations("client", "platform/default.ts", "export const a = process.env;")).toHaveLength(1);
  });
});
