// @ts-check
// `npm run gates [-- name…]`: all gates, or those whose name contains one of the words given.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allGates } from "./gates/all-gates.mjs";
import { runGates } from "./gates/run-gates.mjs";
import { toolRoot } from "./gates/run-tool.mjs";

const words = process.argv.slice(2);
const gates = allGates.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const counts = await runGates(gates, toolRoot.replace(/\/$/, ""), (line) => process.stdout.write(`${line}\n`));
mkdirSync(join(toolRoot, "reports"), { recursive: true });
writeFileSync(join(toolRoot, "reports/gates.json"), JSON.stringify(counts));
process.exitCode = counts.failed > 0 || gates.length === 0 ? 1 : 0;
