import { describe, expect, it } from "vitest";
import { readRange } from "./byte-range.js";
import { readFileHead } from "./file-head.js";

const part = (range: string, length?: string) => ({
  status: 206,
  headers: { "content-range": range, ...(length !== undefined && { "content-length": length }) },
});
const asked = (header: string) => readRange("range", header);

describe("readFileHead", () => {
  it("takes a whole answer for the whole file", () => {
    const headers = { "content-length": "12", "last-modified": "Mon, 30 Nov 2026 10:00:00 GMT", date: "now" };
    expect(readFileHead({ status: 200, headers }, undefined)).toEqual({
      first: 0,
      length: 12,
      fileBytes: 12,
      lastModified: "Mon, 30 Nov 2026 10:00:00 GMT",
      date: "now",
    });
    expect(readFileHead({ status: 200, headers: {} }, undefined)).toMatchObject({ length: undefined });
  });

  it("takes a whole answer to a range only where the file is empty", () => {
    expect(readFileHead({ status: 200, headers: { "content-length": "0" } }, asked("bytes=0-9"))).toMatchObject({
      first: 0,
      length: 0,
    });
    expect(() => readFileHead({ status: 200, headers: { "content-length": "9" } }, asked("bytes=0-9"))).toThrow(
      "did not keep to the byte range",
    );
  });

  it.each([
    ["bytes=2-4", "bytes 2-4/10", 2, 3],
    ["bytes=2-40", "bytes 2-9/10", 2, 8],
    ["bytes=2-", "bytes 2-9/10", 2, 8],
    ["bytes=-3", "bytes 7-9/10", 7, 3],
    ["bytes=-30", "bytes 0-9/10", 0, 10],
  ])("takes for %s the part %s", (header, range, first, length) => {
    expect(readFileHead(part(range), asked(header))).toMatchObject({ first, length, fileBytes: 10 });
  });

  it.each([
    ["bytes=2-4", "bytes 1-4/10"],
    ["bytes=2-4", "bytes 2-5/10"],
    ["bytes=2-", "bytes 2-10/10"],
    ["bytes=-3", "bytes 6-9/10"],
    ["bytes=2-4", "bytes 2-4/*"],
    ["bytes=2-4", "nonsense"],
  ])("refuses for %s the part %s", (header, range) => {
    expect(() => readFileHead(part(range), asked(header))).toThrow("not the part that was asked for");
  });

  it("refuses a part that nobody asked for", () => {
    expect(() => readFileHead(part("bytes 0-9/10"), undefined)).toThrow("not the part that was asked for");
  });

  it("trusts a part whose range the platform hides, as far as it was asked for by position", () => {
    const answer = { status: 206, headers: { "content-length": "3" } };
    expect(readFileHead(answer, asked("bytes=2-4"))).toMatchObject({ first: 2, length: 3, fileBytes: undefined });
    expect(readFileHead(answer, asked("bytes=-3"))).toMatchObject({ first: undefined, length: 3 });
  });

  it("refuses the length that a directory is announced with", () => {
    expect(() =>
      readFileHead({ status: 200, headers: { "content-length": "9223372036854775807" } }, undefined),
    ).toThrow("is the path a directory?");
  });
});
