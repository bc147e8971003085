import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import { holdBytes } from "../../shared/forwarding/held-bodies.js";

/** The content of one part: small ones in memory, large ones in a temporary file. */
export type UploadPart = { readonly bytes: Buffer } | { readonly path: string };

/** The parts of an upload, in order within each name (`execd.md` 6.1). */
export interface UploadForm {
  readonly metadata: readonly UploadPart[];
  readonly files: readonly UploadPart[];
  /** Removes the temporary files. */
  dispose(): Promise<void>;
}

/**
 * Collects a `multipart/form-data` body; only parts with a file name count.
 *
 * Nothing of the destination is touched: the counts must match before the first file is written. Rejects when the body
 * is no such form. Bounds: 1 MiB of each part in memory, 32 MiB of all files, and what the server may hold of all
 * requests; the rest in `directory`. Metadata that cannot be held is refused.
 */
export async function readUploadForm(request: IncomingMessage, directory: string): Promise<UploadForm> {
  const metadata: Promise<UploadPart>[] = [];
  const files: Promise<UploadPart>[] = [];
  // Field names are the client's: a map knows no inherited ones.
  const parts = new Map([
    ["metadata", metadata],
    ["file", files],
  ]);
  const spooled: string[] = [];
  let heldFileBytes = 0;
  const hold = (count: number): boolean => (heldFileBytes += count) <= HELD_FILE_BYTES && holdBytes(request, count);
  const dispose = async (): Promise<void> => {
    await Promise.all(spooled.map((path) => rm(path, { force: true })));
  };
  try {
    const form = new Busboy({
      headers: formHeaders(request.headers),
      isPartAFile: (_field, _type, fileName) => (fileName ?? "") !== "",
    });
    form.on("file", (name, stream) => {
      const kept = parts.get(name);
      if (kept === undefined) return void stream.resume();
      const part =
        name === "metadata" ? collectMetadata(stream, request) : collectFile(stream, { hold, directory, spooled });
      // A part may fail before the form has ended: nobody awaits it until then.
      part.catch(() => undefined);
      kept.push(part);
    });
    await pipeline(request, form);
    // A part that failed ends the form with it; the others are awaited so that no file is left open.
    const settled = await Promise.all([Promise.all(metadata), Promise.all(files)]);
    return { metadata: settled[0], files: settled[1], dispose };
  } catch (error) {
    await Promise.allSettled([...metadata, ...files]);
    await dispose();
    throw error;
  }
}

const HELD_BYTES = 1024 * 1024;
const HELD_FILE_BYTES = 32 * 1024 * 1024;

function formHeaders(headers: IncomingHttpHeaders): BusboyHeaders {
  const type = headers["content-type"];
  if (type === undefined || !/^multipart\/form-data/i.test(type)) throw new Error("not a multipart form");
  return { "content-type": type };
}

interface FilePlace {
  /** Takes memory for so many bytes more; false when there is none. */
  readonly hold: (count: number) => boolean;
  readonly directory: string;
  readonly spooled: string[];
}

async function collectMetadata(stream: Readable, request: IncomingMessage): Promise<UploadPart> {
  const held: Buffer[] = [];
  let length = 0;
  let isHeld = true;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    // The rest is dropped, so that the form comes to its end.
    isHeld &&= length <= HELD_BYTES && holdBytes(request, chunk.length);
    if (isHeld) held.push(chunk);
  }
  if (!isHeld) throw new Error("metadata too large");
  return { bytes: Buffer.concat(held) };
}

async function collectFile(stream: Readable, { hold, directory, spooled }: FilePlace): Promise<UploadPart> {
  const held: Buffer[] = [];
  let length = 0;
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return { bytes: Buffer.concat(held) };
    held.push(next.value);
    length += next.value.length;
    if (length > HELD_BYTES || !hold(next.value.length)) break;
  }
  const path = join(directory, `execd_upload_${randomUUID()}`);
  spooled.push(path);
  const rest = Readable.from(
    (async function* () {
      yield* held.splice(0);
      yield* { [Symbol.asyncIterator]: () => chunks };
    })(),
    { objectMode: false },
  );
  await pipeline(rest, createWriteStream(path, { flags: "wx", mode: 0o600 }));
  return { path };
}
