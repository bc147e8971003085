import { describe, expect, it } from "vitest";
import { judgeLogPages, type LogPage } from "./log-cursor-oracle.js";

const page = (text: string, next: string | undefined = "x"): LogPage => ({ bytes: Buffer.from(text), next });
const whole = Buffer.from("one\nzwö\n");
const invariants = (...pages: readonly LogPage[]): readonly string[] =>
  judgeLogPages(pages, whole).map(({ invariant }) => invariant);

describe("judgeLogPages", () => {
  it("passes pages of any size that join, also inside a character, and an empty page at the end", () => {
    expect(invariants(page("one\n"), page("zwö\n"), page(""))).toEqual([]);
    expect(
      invariants({ bytes: whole.subarray(0, 7), next: "7" }, { bytes: whole.subarray(7), next: "9" }, page("")),
    ).toEqual([]);
    expect(invariants(page("one\nzwö\n"))).toEqual([]);
  });

  it("finds a gap, an overlap, a page that comes again and a missing cursor", () => {
    expect(invariants(page("one\n"), page("ö\n"), page(""))).toEqual(["pages-joined"]);
    expect(invariants(page("one\n"), page("e\nzwö\n"), page(""))).toEqual(["pages-joined"]);
    expect(invariants(page("one\n"), page(""))).toEqual(["pages-joined"]);
    expect(invariants(page("one\nzwö\n"), page("one\nzwö\n"))).toEqual(["pages-joined", "empty-at-end"]);
    expect(invariants(page("one\n", ""), { bytes: Buffer.from("zwö\n") }, page(""))).toEqual([
      "cursor-returned",
      "cursor-returned",
    ]);
  });
});
