import { describe, expect, it } from "vitest";
import { packageReadmes } from "./package-readmes.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const url = "git+https://example.com/a.git";
const fields = {
  description: "A part",
  keywords: ["sandbox"],
  license: "Apache-2.0",
  homepage: "https://example.com",
  bugs: { url: "https://example.com/issues" },
  repository: { type: "git", url, directory: "packages/transport" },
};
const readme = `# @rxsandbox/transport

Install it with \`npm install @rxsandbox/transport rxjs\`.

\`\`\`ts
import { a } from "@rxsandbox/transport";
\`\`\`

[Guide](../../docs/guide.md), [more](https://example.com)
`;

function violations(overrides: Record<string, string | object> = {}, manifest: object = {}) {
  const healthy = {
    "package.json": { private: true, license: "Apache-2.0", repository: { type: "git", url } },
    LICENSE: "Apache\n",
    "docs/guide.md": "# Guide\n",
    "packages/transport/LICENSE": "Apache\n",
    "packages/transport/README.md": readme,
    ...plantedPackage("transport", {}, { ...fields, ...manifest }),
  };
  return withPlantedTree({ ...healthy, ...overrides }, packageReadmes.check);
}
const ofReadme = (text: string) => violations({ "packages/transport/README.md": text });

describe("packageReadmes", () => {
  it("accepts a package with everything, and a private one with nothing", async () => {
    expect(await violations(plantedPackage("integration", {}, { private: true }))).toEqual([]);
  });

  it("finds a missing README and a missing licence", async () => {
    expect(await violations(plantedPackage("files", {}, { ...fields, repository: undefined }))).toEqual([
      "packages/files/README.md is missing",
      "packages/files/LICENSE is missing",
      `packages/files/package.json: repository.url must be "${url}"`,
      'packages/files/package.json: repository.directory must be "packages/files"',
    ]);
  });

  it("finds a README without title, installation, program or link", async () => {
    expect(await ofReadme("# Transport\n")).toEqual([
      'packages/transport/README.md: its title must be "# @rxsandbox/transport"',
      "packages/transport/README.md: it must say how to install @rxsandbox/transport",
      'packages/transport/README.md: it must have a `ts` program that imports "@rxsandbox/transport" and is run',
      "packages/transport/README.md: it must link to a page in docs/",
    ]);
  });

  it("takes no program that is only type-checked, and no link to a page that is not there", async () => {
    expect(await ofReadme(readme.replace("```ts", "```ts no-run"))).toEqual([
      expect.stringContaining("must have a `ts` program"),
    ]);
    expect(await ofReadme(readme.replace("guide.md", "gone.md"))).toEqual([
      "packages/transport/README.md: docs/gone.md does not exist",
    ]);
  });

  it("finds another licence text", async () => {
    expect(await violations({ "packages/transport/LICENSE": "MIT\n" })).toEqual([
      "packages/transport/LICENSE differs from the LICENSE of the workspace",
    ]);
  });

  it.each([
    [{ description: undefined }, "description is missing"],
    [{ keywords: [] }, "keywords is missing"],
    [{ homepage: "" }, "homepage is missing"],
    [{ bugs: {} }, "bugs.url is missing"],
    [{ license: "MIT" }, 'license must be "Apache-2.0"'],
    [{ repository: { ...fields.repository, url: "git+https://example.com/b.git" } }, `repository.url must be "${url}"`],
    [{ repository: { type: "git", url } }, 'repository.directory must be "packages/transport"'],
  ])("finds a manifest with %j", async (manifest, problem) => {
    expect(await violations({}, manifest)).toEqual([`packages/transport/package.json: ${problem}`]);
  });
});
