// @ts-check
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentOf } from "./operations/document-of.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { text, problems } = await documentOf(root);
writeFileSync(join(root, "docs/coverage.md"), text);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
