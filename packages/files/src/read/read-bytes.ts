import { defer, ignoreElements, map, tap, concat, of, type Observable } from "rxjs";
import { InvalidArgumentError, SandboxError } from "@rxsandbox/transport";
import type { FilesContext } from "../files-context.js";
import { readCount } from "../read-count.js";
import { readPath } from "../read-path.js";
import { fileParts } from "./file-parts.js";
import { readRequest, type ReadOptions, type ReadTextOptions } from "./read-options.js";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

/** Reads a file, or a part of it, into memory; more than `maxBytes` errors `limit-exceeded` and stops the transfer. */
export function readBytes(
  { api, scope }: FilesContext,
  path: string,
  options: ReadOptions = {},
): Observable<Uint8Array> {
  const request = readRequest(readPath("path", path), options);
  const maxBytes = readCount("maxBytes", options.maxBytes) ?? DEFAULT_MAX_BYTES;
  const collected = defer(() => {
    const bytes = new KeptBytes(maxBytes);
    const keeping = fileParts(api, request).pipe(
      tap((part) => (part.kind === "head" ? bytes.expect(part.totalBytes) : bytes.add(part.bytes))),
      ignoreElements(),
    );
    return concat(
      keeping,
      defer(() => of(bytes.whole())),
    );
  });
  return scope.guard(collected);
}

/** The same as text. */
export function readFile(context: FilesContext, path: string, options: ReadTextOptions = {}): Observable<string> {
  const bytes = readBytes(context, path, options);
  const encoding = options.encoding ?? "utf-8";
  newDecoder(encoding);
  return bytes.pipe(map((content) => newDecoder(encoding).decode(content)));
}

function newDecoder(encoding: string): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new InvalidArgumentError("encoding", "is not known to TextDecoder");
  }
}

/** One buffer: of the right size from the beginning where that is announced, else doubled when it is full. */
class KeptBytes {
  private readonly maxBytes: number;
  private kept = new Uint8Array();
  private size = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  expect(totalBytes: number | undefined): void {
    this.check(totalBytes ?? 0);
    this.kept = new Uint8Array(totalBytes ?? FIRST_BYTES);
  }

  add(bytes: Uint8Array): void {
    const end = this.size + bytes.byteLength;
    this.check(end);
    if (end > this.kept.byteLength) {
      const larger = new Uint8Array(Math.max(end, Math.min(2 * this.kept.byteLength, this.maxBytes)));
      larger.set(this.kept.subarray(0, this.size));
      this.kept = larger;
    }
    this.kept.set(bytes, this.size);
    this.size = end;
  }

  whole(): Uint8Array {
    return this.size === this.kept.byteLength ? this.kept : this.kept.slice(0, this.size);
  }

  private check(size: number): void {
    if (size > this.maxBytes)
      throw new SandboxError("limit-exceeded", `Read file: more than ${this.maxBytes} bytes [limit-exceeded]`);
  }
}
