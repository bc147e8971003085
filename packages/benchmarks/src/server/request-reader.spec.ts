import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestReader, type BenchRequest } from "./request-reader.js";

function read(chunks: readonly string[]): BenchRequest[] {
  const requests: BenchRequest[] = [];
  const write = requestReader((request) => requests.push(request));
  for (const chunk of chunks) write(Buffer.from(chunk, "latin1"));
  return requests;
}

const wire =
  "GET /ping HTTP/1.1\r\nhost: a\r\n\r\n" +
  "POST /command HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" +
  "POST /command HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
  "DELETE /x?id=1 HTTP/1.1\r\n\r\n";

const expected: readonly BenchRequest[] = [
  { method: "GET", target: "/ping", body: "" },
  { method: "POST", target: "/command", body: "hello" },
  { method: "POST", target: "/command", body: "abcde" },
  { method: "DELETE", target: "/x?id=1", body: "" },
];

describe("requestReader", () => {
  it("reads requests without, with announced and with chunked body", () => {
    expect(read([wire])).toEqual(expected);
  });

  it("reads the same requests for any chunking", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: wire.length - 1 })), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), wire.length];
        expect(read(edges.slice(1).map((edge, index) => wire.slice(edges[index], edge)))).toEqual(expected);
      }),
    );
  });
});
