// @ts-check
// `npm run self-proof [-- --quick | --matrix | --seeds N | --shard i/n | --only mutants]`: shows on the spot that the
// conformance suite can fail, and fails nobody innocent.
// Every planted fault must be found by its own check with the expected reason, every benign variant must get the
// verdicts of the plain server, and no null server may pass.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
} from "../packages/conformance/dist/self-test.js";
import { toolRoot } from "./gates/run-tool.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    matrix: { type: "boolean", default: false },
    // Writes down what the matrix found beside the named checks.
    update: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    seeds: { type: "string" },
    shard: { type: "string", default: "1/1" },
    seed: { type: "string", default: "1" },
  },
});
const only = values.only?.flatMap((names) => names.split(","));
const unknown = only?.find((name) => !serverMutants.some(({ id }) => id === name));
if (unknown !== undefined || (values.update && !values.matrix)) {
  process.stderr.write(
    unknown === undefined
      ? "self-proof: --update is for --matrix\n"
      : `self-proof: --only ${unknown} is no mutant of a server\n`,
  );
  process.exit(64);
}
const seeds = Number(values.seeds ?? (values.quick ? 1 : 3));
const firstSeed = Number(values.seed);
const [index, of] = values.shard.split("/").map(Number);
if (
  !Number.isInteger(seeds) ||
  seeds < 1 ||
  !Number.isInteger(firstSeed) ||
  index === undefined ||
  of === undefined ||
  !(index >= 1 && index <= of)
) {
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
  process.stdout.write(
    `${name}: ${counts.passed - before.passed} of ${counts.passed + counts.failed - before.passed - before.failed} in ${((performance.now() - begin) / 1000).toFixed(0)} s\n`,
  );
}

/** @param {import("../packages/conformance/dist/self-test.js").NullServer} nothing */
const judgeNothing = async (nothing) => {
  const passed = passedMusts(await judgeNullServer(nothing, allChecks, firstSeed));
  return () => note(passed.length === 0, `${nothing.id} passes ${passed.join(", ")}`);
};
const nothings = only === undefined ? mine(nullServers()) : [];
// The one that hangs lets every check wait for its watchdog: that costs minutes, but no work, so it runs beside all the
// rest.
const hanging = nothings.filter(({ id }) => id === "hang").map(judgeNothing);

/** What each mutant made fail beside its own check. @type {Record<string, readonly string[]>} */
const reds = {};
const server = await embeddedSubject();
try {
  const mutants = mine(only === undefined ? serverMutants : serverMutants.filter(({ id }) => only.includes(id)));
  await part("mutants found by their own check with the expected reason", async () => {
    await judgeMutants(mutants, server.subject, {
      checks: allChecks,
      seed: firstSeed,
      onJudged: ({ mutant, isKilled, verdict, unexpected }) =>
        note(
          isKilled && unexpected.length === 0,
          `${mutant}: ${verdict}${unexpected.length === 0 ? "" : `, and ${unexpected.join(", ")}`}`,
        ),
    });
  });
  if (values.matrix) {
    await part("mutants run with every check, and only declared checks fail", async () => {
      await judgeMutants(mutants, server.subject, {
        checks: allChecks,
        seed: firstSeed,
        isFullMatrix: true,
        onJudged: ({ mutant, alsoFailed, unexpected }) => {
          reds[mutant] = alsoFailed;
          // What is being written down cannot be judged by what stands there.
          if (!values.update) note(unexpected.length === 0, `${mutant}: ${unexpected.join(", ")}`);
        },
      });
    });
    // One that breaks more than a tenth of the checks shows little of any of them.
    const blunt = Object.keys(reds).filter(
      (mutant) => (reds[mutant]?.length ?? 0) + 1 > allChecks.filter(({ part: of }) => of !== "rule").length / 10,
    );
    note(blunt.length <= 8, `more than 8 blunt mutants: ${blunt.join(", ")}`);
  }
  if (!values.quick && only === undefined) {
    await part("failures replayed from their files, and gone without their fault", async () => {
      await replayMutants(mine(serverMutants), server.subject, {
        checks: allChecks,
        seed: firstSeed,
        onReplayed: ({ mutant, isReplayed, withFault, without }) =>
          note(isReplayed, `${mutant}: ${withFault} with the fault, ${without} without`),
      });
    });
  }
  if (only === undefined)
    await part(`benign variants judged like the plain server, ${seeds} seeds each`, async () => {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
        const options = /** @type {const} */ ({ checks: allChecks, depth: "quick", seed });
        const plain = judgeAltered(server.subject, () => ({}), options).then(verdictVector);
        const queue = [...mine(benignVariants)];
        await Promise.all(
          Array.from({ length: 3 }, async () => {
            for (let variant = queue.shift(); variant !== undefined; variant = queue.shift()) {
              const { happened, differences } = await judgeVariant(variant, plain, options);
              note(
                happened > 0 && differences.length === 0,
                `${variant.id}, seed ${seed}: ${happened === 0 ? "it never happened" : differences.join(", ")}`,
              );
            }
          }),
        );
      }
    });
  if (only === undefined)
    await part("null servers without a single MUST", async () => {
      const others = nothings.filter(({ id }) => id !== "hang").map(judgeNothing);
      for (const judged of [...others, ...hanging]) (await judged)();
    });
} finally {
  await server.close();
}
mkdirSync(join(toolRoot, "reports"), { recursive: true });
writeFileSync(join(toolRoot, "reports/self-proof.json"), JSON.stringify(counts));
if (values.update) {
  const table = join(toolRoot, "packages/conformance/corpus/server-mutants.json");
  const known = /** @type {Record<string, readonly string[]>} */ (JSON.parse(readFileSync(table, "utf8")));
  const lines = serverMutants.flatMap(({ id }) => {
    // What another seed has found stays: it may come again.
    const others = [...new Set([...(known[id] ?? []), ...(reds[id] ?? [])])].sort();
    return others.length === 0 ? [] : [`  ${JSON.stringify(id)}: ${JSON.stringify(others)}`];
  });
  writeFileSync(table, `{\n${lines.join(",\n")}\n}\n`);
}
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
