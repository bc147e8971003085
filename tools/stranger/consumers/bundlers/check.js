// Runs a bundle that was made for pages: Node has all that it needs.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const bundle = resolve(process.argv[2]);
assert.doesNotMatch(await readFile(bundle, "utf8"), /from ?["']|require\(["']/, "the bundle still loads modules");
const { runScenario } = await import(pathToFileURL(bundle));
const outcome = await runScenario({
  domain: process.env.OPEN_SANDBOX_DOMAIN,
  apiKey: process.env.OPEN_SANDBOX_API_KEY,
});
assert.deepEqual(outcome, JSON.parse(await readFile("expected.json", "utf8")));
