import { describe, expect, it } from "vitest";
import { lockFile } from "./lock-file.mjs";
import { withPlantedTree } from "./planted-tree.mjs";

const violations = (entry: object) =>
  withPlantedTree({ "package-lock.json": { packages: { "": {}, "node_modules/a": entry } } }, lockFile.check);

describe("lockFile", () => {
  it("accepts the public registry, an omitted address and workspace links", async () => {
    expect(await violations({ resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz", integrity: "sha512-a" })).toEqual(
      [],
    );
    expect(await violations({ integrity: "sha512-a" })).toEqual([]);
    expect(await violations({ resolved: "packages/a", link: true })).toEqual([]);
  });

  it.each([
    ["another registry", { resolved: "https://mirror.example/a-1.0.0.tgz", integrity: "sha512-a" }],
    ["a repository", { resolved: "git+ssh://git@github.com/a/a.git#1234", integrity: "sha512-a" }],
    ["a missing checksum", { version: "1.0.0" }],
  ])("finds %s", async (_what, entry) => {
    expect(await violations(entry)).toHaveLength(1);
  });
});
