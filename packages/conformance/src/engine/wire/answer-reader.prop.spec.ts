import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerReader } from "./answer-reader.js";

const body = fc.uint8Array({ maxLength: 200 });
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });

function chunked(bytes: Uint8Array, lengths: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const piece = bytes.subarray(at, at + (lengths[index % lengths.length] ?? 1));
    at += piece.length;
    parts.push(Buffer.from(`${piece.length.toString(16)};x=1\r\n`), Buffer.from(piece), Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\nx-trailer: 1\r\n\r\n")]);
}

function fed(wire: Buffer, cuts: readonly number[]): ReturnType<typeof answerReader> {
  const reader = answerReader("GET");
  let at = 0;
  for (let index = 0; at < wire.length; index++) {
    const piece = wire.subarray(at, at + (cuts[index % cuts.length] ?? 1));
    at += piece.length;
    reader.feed(piece, index);
  }
  return reader;
}

describe("answerReader", () => {
  it("reads the same body for any chunks and any reads of the socket", () => {
    fc.assert(
      fc.property(body, sizes, sizes, (bytes, lengths, cuts) => {
        const reader = fed(
          Buffer.concat([
            Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            chunked(bytes, lengths),
          ]),
          cuts,
        );
        expect(reader.state).toBe("complete");
        expect(Buffer.concat(reader.chunks.map((chunk) => chunk.bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it("keeps the borders of chunks for any reads of the socket", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), sizes, sizes, (bytes, lengths, cuts) => {
        const reader = fed(
          Buffer.concat([
            Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            chunked(bytes, lengths),
          ]),
          cuts,
        );
        const borders: number[] = [];
        let length = 0;
        for (const chunk of reader.chunks) {
          length += chunk.bytes.length;
          if (!chunk.isPart) {
            borders.push(length);
            length = 0;
          }
        }
        const whole = Array.from({ length: borders.length }, (_, index) => lengths[index % lengths.length] ?? 1);
        expect(borders.slice(0, -1)).toEqual(whole.slice(0, -1));
      }),
    );
  });

  it("is short for any body that is cut before its announced length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), sizes, (missing, cuts) => {
        const reader = fed(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${10 + missing}\r\n\r\n0123456789`), cuts);
        expect([reader.state, reader.endOfConnection(), reader.size]).toEqual(["body", "short", 10]);
      }),
    );
  });

  it("reads no body where none may be, to FIN where none was announced, and passes interim answers over", () => {
    expect(fed(Buffer.from("HTTP/1.1 204 No Content\r\n\r\n"), [3])).toMatchObject({
      state: "complete",
      isReusable: true,
    });
    const open = fed(Buffer.from("HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nrest"), [5]);
    expect([open.state, open.endOfConnection(), open.isReusable]).toEqual(["body", "complete", false]);
    expect(
      fed(Buffer.from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), [7]).head?.status,
    ).toBe(404);
  });

  it.each([
    ["no HTTP", "SSH-2.0-x\r\n"],
    ["an invalid status", "HTTP/1.1 2x0 OK\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
    ["an invalid chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ])("calls %s malformed", (_what, text) => {
    expect(fed(Buffer.from(text), [4]).state).toBe("malformed");
  });
});
