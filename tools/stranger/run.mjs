// @ts-check
// Uses the packages as a stranger would: packed tarballs in an empty folder, Node ESM, and a browser bundle in headless Chromium.
import { execFile } from "node:child_process";
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { access, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { evaluateInPage } from "./headless-page.mjs";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Names of the folders below packages/ that are published. */
async function publishedPackages() {
  const names = [];
  for (const name of await readdir(join(root, "packages"))) {
    const manifest = JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8"));
    if (manifest.private !== true) names.push(name);
  }
  return names;
}

/** @param {string} folder */
async function inNode(folder) {
  await copyFile(join(here, "node-scenario.mjs"), join(folder, "scenario.mjs"));
  const { stdout } = await run(process.execPath, ["scenario.mjs", join(folder, "state")], { cwd: folder });
  process.stdout.write(stdout);
}

/** @param {string} folder */
async function inBrowser(folder) {
  if (!(await access(chromium).then(() => true, () => false))) {
    console.log(`browser: not run, no Chromium at ${chromium} (set CHROMIUM)`);
    return;
  }
  await copyFile(join(here, "browser-scenario.mjs"), join(folder, "page.mjs"));
  const bundle = await build({ entryPoints: [join(folder, "page.mjs")], bundle: true, format: "iife", platform: "browser", minify: true, write: false });
  const script = bundle.outputFiles[0]?.text ?? "";
  const pages = createServer((request, response) => {
    response.setHeader("Content-Type", request.url === "/page.js" ? "text/javascript" : "text/html");
    response.end(request.url === "/page.js" ? script : '<!doctype html><script src="/page.js"></script>');
  });
  pages.listen(0, "127.0.0.1");
  await once(pages, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (pages.address());
  const origin = `http://127.0.0.1:${port}`;
  const { startReferenceServer } = await import(join(root, "packages/reference-server/dist/index.js"));
  const server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, stateDir: join(folder, "state"), allowedOrigins: [origin] });
  try {
    const settings = JSON.stringify({ domain: server.domain, apiKey: server.apiKey });
    const value = await evaluateInPage(chromium, `${origin}/`, `runScenario(${settings})`);
    assert.deepEqual(value, { stdout: "from the page\n", end: { kind: "exited", exitCode: 4 } });
    console.log(`browser: ok (bundle ${Math.round(script.length / 1024)} KiB minified)`);
  } finally {
    await server.close();
    pages.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), "stranger-"));
try {
  for (const name of await publishedPackages()) await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: join(root, "packages", name) });
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--engine-strict", ...tarballs.map((name) => `./${name}`), "rxjs@7"], { cwd: folder });
  console.log(`installed ${tarballs.length} packages in an empty folder`);
  await inNode(folder);
  await inBrowser(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
