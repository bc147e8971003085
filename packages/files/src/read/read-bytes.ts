import { defer, ignoreElements, map, tap, concat, of, type Observable } from "rxjs";
import { InvalidArgumentError, SandboxError } from "@rxsandbox/transport";
import {
  integerFrom,
  readOptions,
  readString,
  type ReadFields,
  type SandboxConnection,
} from "@rxsandbox/transport/calls";
import { fileParts } from "./file-parts.js";
import { partReads, readRequest, type ReadOptions, type ReadTextOptions } from "./read-options.js";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

const bytesReads = { ...partReads, maxBytes: integerFrom(1) };

/**
 * Reads a file, or a part of it, into memory; more than `maxBytes` fails with `limit-exceeded` and stops the transfer.
 */
export function readBytes(
  connection: SandboxConnection,
  path: string,
  options: ReadOptions = {},
): Observable<Uint8Array> {
  return collect(connection, path, readOptions(options, bytesReads));
}

/** The same as text. */
export function readFile(
  connection: SandboxConnection,
  path: string,
  options: ReadTextOptions = {},
): Observable<string> {
  const { encoding = "utf-8", ...part } = readOptions(options, { ...bytesReads, encoding: readEncoding });
  return collect(connection, path, part).pipe(map((content) => new TextDecoder(encoding).decode(content)));
}

function collect(
  connection: SandboxConnection,
  path: string,
  { maxBytes = DEFAULT_MAX_BYTES, ...part }: ReadFields<typeof bytesReads>,
): Observable<Uint8Array> {
  const request = readRequest(path, part);
  const collected = defer(() => {
    const bytes = new KeptBytes(maxBytes);
    const keeping = fileParts(connection, request).pipe(
      tap((part) => (part.kind === "head" ? bytes.expect(part.totalBytes) : bytes.add(part.bytes))),
      ignoreElements(),
    );
    return concat(
      keeping,
      defer(() => of(bytes.whole())),
    );
  });
  return collected;
}

/** Reads the label of an encoding and returns the name that `TextDecoder` gives it. */
function readEncoding(path: string, value: unknown): string {
  const label = readString(path, value);
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new InvalidArgumentError(path, "is not known to TextDecoder");
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
      throw new SandboxError("limit-exceeded", { what: "Read file", detail: `more than ${this.maxBytes} bytes` });
  }
}
