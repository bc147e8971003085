// @ts-check
// `npm run api:update`: rewrites the public API reports from the build.
import { updateApiReports } from "./gates/api-reports.mjs";
import { toolRoot } from "./gates/run-tool.mjs";

const problems = updateApiReports(toolRoot.replace(/\/$/, ""));
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
