import { describe, expect, it } from "vitest";
import { markdownSnippets, tsdocSnippets } from "./extract-snippets.mjs";

const fence = "```";

describe("markdownSnippets", () => {
  it("takes ts blocks with their line and leaves other blocks", () => {
    const text = `# Title\n\n${fence}ts\nconst a = 1;\n${fence}\n\n${fence}sh\nls\n${fence}\n\n${fence}ts no-run\nb();\n${fence}\n`;
    expect(markdownSnippets("README.md", text)).toEqual([
      { path: "README.md", line: 4, code: "const a = 1;\n", isRun: true },
      { path: "README.md", line: 12, code: "b();\n", isRun: false },
    ]);
  });
});

describe("tsdocSnippets", () => {
  it("takes a bare example up to the next tag or the end of the comment", () => {
    const text =
      "export {};\n/**\n * Adds.\n *\n * @example\n * add(1, 2); // => 3\n *\n * @see nothing\n */\nfunction add() {}\n/** @example\n * b();\n */\n";
    expect(tsdocSnippets("x.ts", text)).toEqual([
      { path: "x.ts", line: 6, code: "add(1, 2); // => 3\n\n", isRun: true },
      { path: "x.ts", line: 12, code: "b();\n", isRun: true },
    ]);
  });

  it("takes the fenced blocks of an example", () => {
    const text = `/**\n * @example\n * Some words.\n * ${fence}ts no-run\n * a();\n * ${fence}\n */\n`;
    expect(tsdocSnippets("x.ts", text)).toEqual([{ path: "x.ts", line: 5, code: "a();\n", isRun: false }]);
  });
});
