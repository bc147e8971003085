import { describe, expect, it } from "vitest";
import { installDifferences, nodeProblem, staleManifests } from "./ensure-installed.mjs";

const here = { platform: "linux", arch: "x64" };
const everywhere = () => true;

describe("nodeProblem", () => {
  it.each([
    [">=20.19", "v20.20.2"],
    [">=20.19", "v20.19.0"],
    [">=20.18.1", "v20.18.1"],
    [">=20.19", "v24.0.0"],
  ])("accepts %s for %s", (range, version) => {
    expect(nodeProblem(range, version)).toBeUndefined();
  });

  it.each([
    [">=20.19", "v20.18.3"],
    [">=20.18.1", "v20.18.0"],
    [">=20.19", "v18.99.0"],
  ])("refuses %s for %s and names both", (range, version) => {
    expect(nodeProblem(range, version)).toContain(version);
  });
});

describe("installDifferences", () => {
  const entry = { version: "1.0.0", integrity: "sha512-a" };

  it("is empty when everything the lock wants is there", () => {
    const lock = {
      packages: {
        "": {},
        "packages/a": {},
        "node_modules/a": { link: true, resolved: "packages/a" },
        "node_modules/b": entry,
      },
    };
    expect(
      installDifferences(
        lock,
        { packages: { "node_modules/a": { link: true }, "node_modules/b": entry } },
        everywhere,
        here,
      ),
    ).toEqual([]);
  });

  it("says that nothing is installed", () => {
    expect(installDifferences({ packages: {} }, undefined, everywhere, here)).toEqual(["nothing is installed"]);
  });

  it("finds a package that is missing, of another version, of other content, or gone from disk", () => {
    const lock = { packages: { "node_modules/b": entry } };
    expect(installDifferences(lock, { packages: {} }, everywhere, here)).toHaveLength(1);
    expect(
      installDifferences(lock, { packages: { "node_modules/b": { ...entry, version: "0.9.0" } } }, everywhere, here),
    ).toHaveLength(1);
    expect(
      installDifferences(
        lock,
        { packages: { "node_modules/b": { ...entry, integrity: "sha512-b" } } },
        everywhere,
        here,
      ),
    ).toHaveLength(1);
    expect(installDifferences(lock, { packages: { "node_modules/b": entry } }, () => false, here)).toHaveLength(1);
  });

  it("finds a missing package of a workspace's own node_modules", () => {
    expect(
      installDifferences({ packages: { "packages/a/node_modules/b": entry } }, { packages: {} }, everywhere, here),
    ).toHaveLength(1);
  });

  it("wants the optional binary of this platform and no other", () => {
    const binary = (os: string) => ({
      packages: { "node_modules/x": { ...entry, optional: true, os: [os], cpu: ["x64"] } },
    });
    expect(installDifferences(binary("darwin"), { packages: {} }, everywhere, here)).toEqual([]);
    expect(installDifferences(binary("linux"), { packages: {} }, everywhere, here)).toHaveLength(1);
  });
});

describe("staleManifests", () => {
  it("names the manifest that the lock was not made from", () => {
    const lock = {
      packages: { "": { devDependencies: { a: "1", b: "2" } }, "packages/p": { dependencies: { c: "^1" } } },
    };
    expect(
      staleManifests(lock, {
        "": { devDependencies: { b: "2", a: "1" } },
        "packages/p": { dependencies: { c: "^1" } },
      }),
    ).toEqual([]);
    expect(
      staleManifests(lock, {
        "": { devDependencies: { a: "1", b: "2" } },
        "packages/p": { dependencies: { c: "^2" } },
      }),
    ).toEqual(["packages/p/package.json"]);
  });
});
