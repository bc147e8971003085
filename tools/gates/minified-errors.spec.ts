import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

/** What a page loads of a package after a bundler minified it. */
async function minified(packageName: string): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), "rxsandbox-minified-"));
  try {
    const outfile = join(folder, "bundle.mjs");
    const contents = `export * from "${packageName}";`;
    await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      minify: true,
      outfile,
      platform: "browser",
      format: "esm",
      conditions: ["@rxsandbox/source"],
      logLevel: "silent",
    });
    return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Record<string, unknown>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type ErrorClass = new (...args: unknown[]) => Error;

const isErrorClass = (value: unknown): value is ErrorClass =>
  typeof value === "function" && value.prototype instanceof Error;

describe("a minified bundle", () => {
  it.each([
    ["@rxsandbox/client", 10],
    ["@rxsandbox/compat", 6],
    ["@rxsandbox/protocol", 1],
  ])("keeps the name of every error class of %s", async (packageName, least) => {
    const classes = Object.entries(await minified(packageName)).filter((entry): entry is [string, ErrorClass] =>
      isErrorClass(entry[1]),
    );
    expect(classes.length).toBeGreaterThanOrEqual(least);
    // No constructor needs more than to find its arguments.
    expect(classes.map(([, ErrorClass]) => new ErrorClass("a", {}, {}).name)).toEqual(classes.map(([name]) => name));
    // The bundle is a minified one, in which the names of classes are lost.
    expect(classes.some(([name, ErrorClass]) => ErrorClass.name !== name)).toBe(true);
  });
});
