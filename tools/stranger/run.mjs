// @ts-check
// Uses the packages as a stranger would: installed from tarballs, in a copy of each project below `consumers`.
//
//   node tools/stranger/run.mjs [--quick] [--prove] [consumer | consumer/check …]
//
// Each script `test:<check>` of a project is a check. `--quick` leaves out the check that needs Chromium. `--prove`
// also breaks what is installed, one fault at a time, and expects the checks that the fault names to fail. Needs a
// build. The counts go to reports/stranger.json.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkInChromium, servePage, whyNoChromium } from "./chromium-check.mjs";
import { installConsumer, readConsumers, runCheck } from "./consumers.mjs";
import { packPackages } from "./pack-packages.mjs";
import { proveFaults } from "./prove-faults.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values: flags, positionals: names } = parseArgs({
  options: { quick: { type: "boolean" }, prove: { type: "boolean" } },
  allowPositionals: true,
});

const all = await readConsumers(join(root, "tools/stranger/consumers"));
const known = all.flatMap(({ name, checks }) => [name, ...checks]);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`no check named ${unknown.join(", ")}; there are ${known.join(", ")}`);
const wanted = all
  .map((consumer) => ({
    ...consumer,
    checks: consumer.checks.filter(
      (check) => names.length === 0 || names.includes(consumer.name) || names.includes(check),
    ),
  }))
  .filter(({ checks }) => checks.length > 0);

const counts = { passed: 0, failed: 0 };

/** @param {{ check: string, isGreen: boolean, output: string, seconds: number }} result */
function report({ check, isGreen, output, seconds }) {
  counts[isGreen ? "passed" : "failed"] += 1;
  process.stdout.write(`${isGreen ? "ok    " : "FAILED"} ${check} (${seconds.toFixed(1)} s)\n`);
  if (!isGreen) process.stdout.write(output.replace(/^(?=.)/gm, "       "));
}

/**
 * @param {string} check
 * @param {() => Promise<{ isGreen: boolean, output: string }>} run
 */
async function timed(check, run) {
  const start = performance.now();
  const { isGreen, output } = await run().catch((error) => ({ isGreen: false, output: `${error.message}\n` }));
  report({ check, isGreen, output, seconds: (performance.now() - start) / 1000 });
  return isGreen;
}

const folder = await mkdtemp(join(tmpdir(), "stranger-"));
const page = await servePage(join(folder, "bundlers"));
const { startReferenceServer } = await import(join(root, "packages/reference-server/dist/index.js"));
const server = await startReferenceServer({
  port: 0,
  allowRoot: true,
  advertise: false,
  stateDir: join(folder, "state"),
  allowedOrigins: [page.origin],
});
const settings = { domain: server.domain, apiKey: server.apiKey };
// The checks find them where users put them.
process.env["OPEN_SANDBOX_DOMAIN"] = settings.domain;
process.env["OPEN_SANDBOX_API_KEY"] = settings.apiKey;
process.env["STRANGER_TARBALLS"] = folder;

/**
 * @param {import("./consumers.mjs").Consumer} consumer
 * @param {readonly import("./pack-packages.mjs").Packed[]} packed
 */
async function use(consumer, packed) {
  const installed = join(folder, consumer.name);
  const isInstalled = await timed(`${consumer.name}: npm install`, () =>
    installConsumer(consumer, packed, installed).then(() => ({ isGreen: true, output: "" })),
  );
  if (!isInstalled) return;
  for (const check of consumer.checks) await timed(check, () => runCheck(check, installed));
  if (flags.quick !== true && consumer.checks.includes("bundlers/esbuild")) {
    const reason = await whyNoChromium();
    if (reason === undefined)
      await timed("bundlers/esbuild in Chromium", () =>
        checkInChromium(page.origin, installed, settings).then(() => ({ isGreen: true, output: "" })),
      );
    else process.stdout.write(`not run bundlers/esbuild in Chromium: ${reason}\n`);
  }
  if (flags.prove === true) await proveFaults(consumer.checks, installed, report);
}

try {
  const packed = await packPackages(root, folder);
  const waiting = wanted.values();
  // Two at a time: one waits for the registry or a sandbox while the other computes.
  await Promise.all(
    [1, 2].map(async () => {
      for (const consumer of waiting) await use(consumer, packed);
    }),
  );
} finally {
  await server.close();
  page.close();
  await rm(folder, { recursive: true, force: true });
}

await mkdir(join(root, "reports"), { recursive: true });
await writeFile(join(root, "reports/stranger.json"), JSON.stringify(counts));
process.stdout.write(`packages: ${counts.passed} checks passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
