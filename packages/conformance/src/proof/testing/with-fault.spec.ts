import { describe, expect, it } from "vitest";
import { loadWithFault } from "./with-fault.js";

const source = `
/** Halves, at least "none". */
export function half(value: number): readonly string[] {
  const kept = [String(value / 2), 'rest']; // kept = []
  return /^0$/.test(kept[0] ?? "") ? ["none"] : kept;
}
`;
const reprinted = `export function half(
  value: number,
): readonly string[] {
  const kept = [
    String(value / 2),
    "rest",
  ];
  return /^0$/.test(
    kept[0] ?? "",
  )
    ? ["none"]
    : kept;
}
`;

const halfWith = (text: string, find: string, put: string, value: number) => {
  const { half } = loadWithFault(text, { find, put }) as { readonly half: (value: number) => readonly string[] };
  return half(value);
};

describe.each([
  ["as it is written", source],
  ["in another layout", reprinted],
])("withFault, for a source %s", (_, text) => {
  it("plants a fault", () => {
    expect(halfWith(text, 'kept = [String(value / 2), "rest"]', "kept = [String(value)]", 4)).toEqual(["4"]);
    expect(halfWith(text, "value / 2", "value / 4", 4)).toEqual(["1", "rest"]);
    expect(halfWith(text, "/^0$/", "/^2$/", 4)).toEqual(["none"]);
    expect(halfWith(text, 'test(kept[0] ?? "") ? ["none"] : kept', 'test("0") ? [] : kept', 4)).toEqual([]);
  });

  it.each([
    ["that is not there", "kept = []", "kept = [1]", "occurs 0 times"],
    ["that is part of a token", "hal", "double", "occurs 0 times"],
    ["that is there more than once", "kept", "lost", "occurs 3 times"],
    ["that is empty", " /* nothing */ ", "lost", "occurs 0 times"],
    ["that is put back in another layout", '["none"]', "[ 'none', ]", "changes nothing"],
    ["that is replaced by what is no program", '["none"]', "]", "is not TypeScript"],
  ])("throws for a piece %s", (_name, find, put, message) => {
    expect(() => loadWithFault(text, { find, put })).toThrow(message);
  });
});
