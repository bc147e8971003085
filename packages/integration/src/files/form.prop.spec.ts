import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { Busboy } from "@fastify/busboy";
import fc from "fast-check";
import { from, lastValueFrom, of } from "rxjs";
import { describe, expect, it } from "vitest";
import { createFiles, type FileData, type WriteEntry } from "@rxsandbox/files";
import { createApi, createRedactor, createScope } from "@rxsandbox/transport";
import { createTestTransport, type RecordedRequest } from "@rxsandbox/testkit";
import { createConnection } from "@rxsandbox/transport/calls";

interface Part {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Reads a form with a parser that shares nothing with the encoder. */
async function parse(request: RecordedRequest): Promise<readonly Part[]> {
  const parts: Promise<Part>[] = [];
  const form = new Busboy({ headers: { "content-type": request.headers["content-type"] ?? "" } });
  form.on("file", (name, stream, filename, _encoding, contentType) => {
    parts.push(buffer(stream).then((bytes) => ({ name, filename, contentType, bytes })));
  });
  form.on("field", (name) => void parts.push(Promise.reject(new Error(`${name} is a field`))));
  await pipeline(Readable.from([request.bodyBytes()]), form);
  return Promise.all(parts);
}

/** One file with its pieces, and how they are given. */
interface Content {
  readonly path: string;
  readonly mode: number | undefined;
  readonly pieces: readonly (string | Uint8Array)[];
  readonly kind: "whole" | "blob" | "stream" | "iterable" | "observable";
  readonly isSized: boolean;
}

// Line ends, dashes and the beginnings of boundaries are what a parser stumbles over.
const nasty = fc.constantFrom("\r\n", "--", "\r\n--", "\r\n--rxsandbox-", "\r", "\n", '"', "\0");
const anyPiece = fc.oneof(
  fc
    .array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 4 }), nasty), { maxLength: 6 })
    .map((texts) => texts.join("")),
  fc.uint8Array({ maxLength: 40, size: "max" }),
  nasty.map((text) => new TextEncoder().encode(text)),
);
const anyContent: fc.Arbitrary<Content> = fc.record({
  path: fc
    .oneof(
      fc.string({ minLength: 1, unit: "grapheme" }),
      fc.constantFrom('/a"b', "/a\r\nX-Evil: 1", "/ä/ü", "/trailing/", "/.."),
    )
    .filter((path) => path.trim() !== ""),
  mode: fc.option(fc.constantFrom(600, 644, 755), { nil: undefined }),
  pieces: fc.array(anyPiece, { maxLength: 5 }),
  kind: fc.constantFrom("whole", "blob", "stream", "iterable", "observable"),
  isSized: fc.boolean(),
});

const bytesOf = (pieces: Content["pieces"]): Buffer =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as Uint8Array)));

function entryOf({ path, mode, pieces, kind, isSized }: Content): WriteEntry {
  const data = ((): FileData => {
    switch (kind) {
      case "whole":
        return Uint8Array.from(bytesOf(pieces));
      case "blob":
        return new Blob([Uint8Array.from(bytesOf(pieces))]);
      case "stream":
        return Readable.toWeb(Readable.from(pieces.filter((piece) => piece.length > 0))) as ReadableStream<
          Uint8Array | string
        >;
      case "iterable":
        return Readable.from(pieces.filter((piece) => piece.length > 0)) as AsyncIterable<Uint8Array | string>;
      case "observable":
        return from(pieces);
    }
  })();
  return { path, data, ...(mode !== undefined && { mode }), ...(isSized && { size: bytesOf(pieces).length }) };
}

describe("writeFiles", () => {
  it.each([true, false])(
    "for any contents of any kind, sends a form that an independent parser reads as they are (streaming: %s)",
    async (streamingUpload) => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyContent, { minLength: 1, maxLength: 4 }), async (contents) => {
          const transport = createTestTransport({ "POST /files/upload": {} });
          const endpoint = { url: "http://sandbox.test", headers: {}, access: "direct" } as const;
          const api = createApi({
            transport,
            target: () => of(endpoint),
            requestTimeoutMs: 1000,
            retry: false,
            redact: createRedactor([]),
          });
          const files = createFiles(
            createConnection({
              api,
              scope: createScope(),
              capabilities: { ...transport.capabilities, streamingUpload },
            }),
          );
          await lastValueFrom(files.writeFiles(contents.map(entryOf)));
          const request = transport.requests[0]!;
          if (request.contentLength !== undefined) expect(request.contentLength).toBe(request.bodyBytes().length);
          const parts = await parse(request);
          expect(parts.map(({ name }) => name)).toEqual(contents.flatMap(() => ["metadata", "file"]));
          for (const [index, { path, mode, pieces }] of contents.entries()) {
            const [metadata, file] = parts.slice(2 * index) as [Part, Part];
            expect(metadata.contentType).toBe("application/json");
            expect(metadata.filename).not.toBe("");
            expect(JSON.parse(metadata.bytes.toString())).toEqual({
              path: Buffer.from(path).toString(),
              ...(mode !== undefined && { mode }),
            });
            expect(file.contentType).toBe("application/octet-stream");
            expect(file.filename).not.toBe("");
            expect(file.bytes.equals(bytesOf(pieces))).toBe(true);
          }
        }),
        { numRuns: 1000 },
      );
    },
    60_000,
  );
});
