import { describe, expect, it } from "vitest";
import { canAnimate } from "./terminal.js";

describe("canAnimate", () => {
  const terminal = { isTTY: true, columns: 80 };

  it.each([
    ["a terminal", terminal, { TERM: "xterm" }, true],
    ["a terminal without TERM, as on Windows", terminal, {}, true],
    ["a pipe", {}, { TERM: "xterm" }, false],
    ["a terminal of 0 columns", { isTTY: true, columns: 0 }, { TERM: "xterm" }, false],
    ["a terminal of unknown width", { isTTY: true }, { TERM: "xterm" }, false],
    ["a dumb terminal", terminal, { TERM: "dumb" }, false],
    ["CI", terminal, { TERM: "xterm", CI: "true" }, false],
  ])("judges %s", (_what, stream, env, verdict) => {
    expect(canAnimate(stream, env)).toBe(verdict);
  });
});
