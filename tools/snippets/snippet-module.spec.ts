import { describe, expect, it } from "vitest";
import { snippetModule } from "./snippet-module.mjs";

const modules: Record<string, string> = { add: "adder", of: "rxjs", value: "never" };
const lines = (code: string) => snippetModule(code, (name) => modules[name]).split("\n");

describe("snippetModule", () => {
  it("imports what is used and not declared", () => {
    const [header] = lines("const value = add(of(1).value, { of: 2 });\n");
    expect(header).toContain('import { add } from "adder";');
    expect(header).toContain('import { of } from "rxjs";');
    expect(header).not.toContain("never");
  });

  it("leaves a snippet's own imports alone", () => {
    expect(lines('import { add } from "./mine.js";\nadd();\n')[0]).not.toContain("adder");
  });

  it("turns an expression with its value into a check on the same line", () => {
    expect(lines("const a = 1;\na + 1; // => 2\nf(\n  a,\n); // => { b: 3 }\n").slice(1, 6)).toEqual([
      "const a = 1;",
      "$check(a + 1, 2); // => 2",
      "$check(f(",
      "  a,",
      "), { b: 3 }); // => { b: 3 }",
    ]);
  });

  it("leaves comments on other statements alone", () => {
    expect(lines("const a = 1; // => not checked\n")[1]).toBe("const a = 1; // => not checked");
  });
});
