import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorPage } from "./error-page.mjs";
import { withPlantedTree } from "./planted-tree.mjs";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const union = "packages/transport/src/errors/sandbox-error.ts";
const real = { "docs/errors.md": read("docs/errors.md"), [union]: read(union) };
const rule =
  "const passing = [408, 425, 429, 502, 503, 504], safe = ['GET', 'HEAD', 'PUT', 'DELETE'];\nexport const isRetryable = ({ status, method, sent }) => (status === undefined && !sent) || (safe.includes(method) && (status === undefined || passing.includes(status)));";

const violations = (
  page: (text: string) => string,
  source: (text: string) => string = (text) => text,
  isRetryable = rule,
) =>
  withPlantedTree(
    {
      "docs/errors.md": page(real["docs/errors.md"]),
      [union]: source(real[union] ?? ""),
      "packages/protocol/package.json": { type: "module" },
      "packages/protocol/dist/index.js": isRetryable,
    },
    errorPage.check,
  );

const row = (code: string) => new RegExp(`^\\| \`${code}\` .*\\n`, "m");

describe("errorPage", () => {
  it("accepts the page of this repository", async () => {
    expect(await violations((text) => text)).toEqual([]);
  });

  it.each<[string, (text: string) => string, string]>([
    ["a code that is missing", (text) => text.replace(row("network"), ""), "network is missing"],
    [
      "an unknown code",
      (text) => text.replace("| `network` |", "| `netwerk` |"),
      "netwerk is not a code, or is duplicated",
    ],
    [
      "a code that is duplicated",
      (text) => text.replace(row("network"), (line) => line + line),
      "network is not a code, or is duplicated",
    ],
    [
      "a row with an empty cell",
      (text) => text.replace(/(\| `forbidden` \|)[^|]*/, "$1 "),
      "forbidden does not fill every column",
    ],
    [
      "a status that is not repeated",
      (text) => text.replace("| 504 | yes | no |", "| 504 | yes | no |\n| 500 | yes | no |"),
      '"500" is not what isRetryable says of 500',
    ],
    [
      "a status that is",
      (text) => text.replace("| 429 | yes | no |\n", ""),
      '"any other status" is not what isRetryable says of 429',
    ],
    [
      "a method that is not repeated",
      (text) => text.replace("| 503 | yes | no |", "| 503 | yes | yes |"),
      '"503" is not what isRetryable says of 503',
    ],
  ])("finds %s", async (_, page, problem) => {
    expect(await violations(page)).toContain(`docs/errors.md: ${problem}`);
  });

  it("finds a code that is new in the union, and a rule that changed", async () => {
    expect(
      await violations(
        (text) => text,
        (source) => source.replace('  | "closed";', '  | "closed"\n  /** New. */\n  | "stalled";'),
      ),
    ).toEqual(["docs/errors.md: stalled is missing"]);
    expect(
      await violations(
        (text) => text,
        (source) => source,
        rule.replace("408, ", ""),
      ),
    ).toEqual(['docs/errors.md: "408" is not what isRetryable says of 408']);
  });

  it("finds a page that is not there", async () => {
    expect((await violations(() => "")).length).toBeGreaterThan(20);
  });
});
