// @ts-check
// `npm run version` starts with this: writes what the changesets say into CHANGELOG.md, before they are used up.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import getReleasePlan from "@changesets/get-release-plan";
import { changelogSection, withSection } from "./changelog/changelog-section.mjs";
import { toolRoot } from "./gates/run-tool.mjs";

const path = join(toolRoot, "CHANGELOG.md");
const { changesets, releases } = await getReleasePlan(toolRoot);
const [release] = releases;
if (release === undefined) {
  process.stderr.write("There is no changeset: write one with `npm run changeset`.\n");
  process.exitCode = 1;
} else {
  const section = changelogSection(release.newVersion, new Date().toISOString().slice(0, 10), changesets);
  writeFileSync(path, withSection(readFileSync(path, "utf8"), section));
}
