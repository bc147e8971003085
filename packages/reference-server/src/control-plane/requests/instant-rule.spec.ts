import type { WireValidationDetail } from "@rxsandbox/protocol";
import { describe, expect, it } from "vitest";
import { formatInstant, instant } from "./instant-rule.js";

const read = (value: unknown): string | undefined => {
  const issues: WireValidationDetail[] = [];
  const milliseconds = instant(value, ["body", "expiresAt"], issues);
  return milliseconds === undefined ? issues[0]?.type : formatInstant(milliseconds);
};

describe("instant", () => {
  it.each([
    ["2026-11-23T10:02:14.936Z", "2026-11-23T10:02:14.936000Z"],
    ["2026-11-23T12:02:14.936+02:00", "2026-11-23T10:02:14.936000Z"],
    ["2026-11-23T10:02:14.936", "2026-11-23T10:02:14.936000Z"],
    ["2026-11-23 10:02:14Z", "2026-11-23T10:02:14Z"],
    ["2026-11-23T10:02", "2026-11-23T10:02:00Z"],
    ["2026-11-23", "2026-11-23T00:00:00Z"],
    ["1795428134", "2026-11-23T10:02:14Z"],
    [1795428134, "2026-11-23T10:02:14Z"],
    [253402300799999, "9999-12-31T23:59:59.999000Z"],
    [1795428134936, "2026-11-23T10:02:14.936000Z"],
  ])("reads %s as %s", (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  it.each([
    ["tomorrow", "datetime_from_date_parsing"],
    ["", "datetime_from_date_parsing"],
    ["2026-13-45T00:00:00Z", "datetime_from_date_parsing"],
    [true, "datetime_type"],
    [null, "datetime_type"],
    [Infinity, "datetime_parsing"],
    [-Infinity, "datetime_parsing"],
    [253402300800000, "datetime_parsing"],
    ["9".repeat(400), "datetime_parsing"],
  ])("refuses %s as %s", (value, type) => {
    expect(read(value)).toBe(type);
  });
});
