// @ts-check
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { access, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { evaluateInPage } from "./headless-page.mjs";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const page =
  '<!doctype html><script type="module">globalThis.runScenario = (await import("/esbuild.js")).runScenario;</script>';

/** Why the check cannot run on this machine, or `undefined`. */
export async function whyNoChromium() {
  const isThere = await access(chromium).then(
    () => true,
    () => false,
  );
  return isThere ? undefined : `no Chromium at ${chromium} (set CHROMIUM)`;
}

/**
 * Serves a page with what the check `bundlers/esbuild` has built.
 * @param {string} folder of the consumer `bundlers`
 */
export async function servePage(folder) {
  const server = createServer(async (request, response) => {
    const isScript = request.url === "/esbuild.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? await readFile(join(folder, "out/esbuild.js")) : page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/**
 * Runs the scenario of the bundle in a page.
 * @param {string} origin where the page is
 * @param {string} folder of the consumer `bundlers`
 * @param {{ domain: string, apiKey: string }} settings
 */
export async function checkInChromium(origin, folder, settings) {
  const outcome = await evaluateInPage(chromium, `${origin}/`, `runScenario(${JSON.stringify(settings)})`);
  assert.deepEqual(outcome, JSON.parse(await readFile(join(folder, "expected.json"), "utf8")));
}
