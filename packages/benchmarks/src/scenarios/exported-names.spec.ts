import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const resolve = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier));

/** The names in the export lists of a module: `a`, `type B`, `c as D`. */
function exportedNames(text: string): Set<string> {
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, list = ""]) => list);
  return new Set(lists.flatMap((list) => list.split(",")).flatMap((item) => item.trim().match(/\w+$/)?.[0] ?? []));
}

describe("@rxsandbox/compat", () => {
  it("exports every name of the official SDK, types included", () => {
    const official = exportedNames(
      readFileSync(join(dirname(resolve("@alibaba-group/opensandbox")), "index.d.ts"), "utf8"),
    );
    const ours = exportedNames(readFileSync(new URL("../../../compat/src/index.ts", import.meta.url), "utf8"));
    expect(official.size).toBeGreaterThan(100);
    expect([...official].filter((name) => !ours.has(name))).toEqual([]);
  });

  it("serves the low-level names of the official SDK, but for the detection of the client's address", () => {
    const official = exportedNames(
      readFileSync(join(dirname(resolve("@alibaba-group/opensandbox/internal")), "internal.d.ts"), "utf8"),
    );
    const ours = exportedNames(
      readFileSync(new URL("../../../compat/src/low-level/index.ts", import.meta.url), "utf8"),
    );
    const missing = [...official].filter((name) => !ours.has(name));
    expect(missing.filter((name) => !/ClientIp|OutboundIp|Detection/.test(name))).toEqual([]);
  });
});
