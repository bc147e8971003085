// @ts-check
// `npm run self-proof [-- --quick | --matrix | --seeds N | --shard i/n]`: shows on the spot that the conformance suite can fail, and fails nobody innocent.
// Every planted fault has to be found by its own check for its own reason, every benign variant judged like the plain server, no null server passed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allChecks } from "../packages/conformance/dist/index.js";
import {
  benignVariants,
  embeddedSubject,
  judgeAltered,
  judgeMutants,
  judgeNullServer,
  judgeVariant,
  nullServers,
  passedMusts,
  replayMutants,
  serverMutants,
  verdictVector,
} from "../packages/conformance/dist/self-test/index.js";
import { toolRoot } from "./gates/run-tool.mjs";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, matrix: { type: "boolean", default: false }, seeds: { type: "string" }, shard: { type: "string", default: "1/1" }, seed: { type: "string", default: "1" } },
});
const seeds = Number(values.seeds ?? (values.quick ? 1 : 3));
const firstSeed = Number(values.seed);
const [index, of] = values.shard.split("/").map(Number);
if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(firstSeed) || index === undefined || of === undefined || !(index >= 1 && index <= of)) {
  process.stderr.write("self-proof: --seeds takes a number from 1, --seed a number, --shard i/n\n");
  process.exit(64);
}
/** @template T @param {readonly T[]} list */
const mine = (list) => list.filter((_, at) => at % of === index - 1);
const counts = { passed: 0, failed: 0 };
/** @param {boolean} holds @param {string} what */
const note = (holds, what) => {
  counts[holds ? "passed" : "failed"] += 1;
  if (!holds) process.stdout.write(`FAILED ${what}\n`);
};
/** @param {string} name @param {() => Promise<void>} work */
async function part(name, work) {
  const begin = performance.now();
  const before = { ...counts };
  await work();
  process.stdout.write(`${name}: ${counts.passed - before.passed} of ${counts.passed + counts.failed - before.passed - before.failed} in ${((performance.now() - begin) / 1000).toFixed(0)} s\n`);
}

/** @param {import("../packages/conformance/dist/self-test/index.js").NullServer} nothing */
const judgeNothing = async (nothing) => {
  const passed = passedMusts(await judgeNullServer(nothing, allChecks, firstSeed));
  return () => note(passed.length === 0, `${nothing.id} passes ${passed.join(", ")}`);
};
const nothings = mine(nullServers());
// The one that hangs lets every check wait for its watchdog: that costs minutes, but no work, so it runs beside all the rest.
const hanging = nothings.filter(({ id }) => id === "hang").map(judgeNothing);

/** What each mutant made fail beside its own check. @type {Record<string, readonly string[]>} */
const reds = {};
const server = await embeddedSubject();
try {
  await part("mutants killed by their own check for their own reason", async () => {
    const mutants = mine(serverMutants);
    await judgeMutants(mutants, server.subject, {
      checks: allChecks,
      seed: firstSeed,
      isFullMatrix: values.matrix,
      onJudged: ({ mutant, isKilled, verdict, alsoFailed, unexpected }) => {
        reds[mutant] = alsoFailed;
        note(isKilled && unexpected.length === 0, `${mutant}: ${verdict}${unexpected.length === 0 ? "" : `, and ${unexpected.join(", ")}`}`);
      },
    });
  });
  if (!values.quick) {
    await part("failures replayed from their files, and gone without their fault", async () => {
      await replayMutants(mine(serverMutants), server.subject, {
        checks: allChecks,
        seed: firstSeed,
        onReplayed: ({ mutant, isReplayed, withFault, without }) => note(isReplayed, `${mutant}: ${withFault} with the fault, ${without} without`),
      });
    });
  }
  await part(`benign variants judged like the plain server, ${seeds} seeds each`, async () => {
    for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
      const options = /** @type {const} */ ({ checks: allChecks, depth: "quick", seed });
      const plain = verdictVector(await judgeAltered(server.subject, () => ({}), options));
      const queue = [...mine(benignVariants)];
      await Promise.all(
        Array.from({ length: 3 }, async () => {
          for (let variant = queue.shift(); variant !== undefined; variant = queue.shift()) {
            const { happened, differences } = await judgeVariant(variant, plain, options);
            note(happened > 0 && differences.length === 0, `${variant.id}, seed ${seed}: ${happened === 0 ? "it never happened" : differences.join(", ")}`);
          }
        }),
      );
    }
  });
  await part("null servers without a single MUST", async () => {
    const others = nothings.filter(({ id }) => id !== "hang").map(judgeNothing);
    for (const judged of [...others, ...hanging]) (await judged)();
  });
} finally {
  await server.close();
}
mkdirSync(join(toolRoot, "reports"), { recursive: true });
writeFileSync(join(toolRoot, "reports/self-proof.json"), JSON.stringify(counts));
if (values.matrix) writeFileSync(join(toolRoot, `reports/kill-matrix-${values.shard.replace("/", "-of-")}.json`), `${JSON.stringify(reds, undefined, 2)}\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
