import { SandboxError } from "@rxsandbox/transport";

/** A download was cut and cannot go on, since the file is not the one that it began with; `cause` is the cut. */
export class FileChangedError extends SandboxError {
  override readonly name: string = "FileChangedError";
  readonly path: string;
  /** Bytes that had been delivered. */
  readonly loadedBytes: number;
  constructor(path: string, loadedBytes: number, cause: unknown) {
    super(
      "conflict",
      { what: "Read file", detail: `it changed while its download was cut, after ${loadedBytes} bytes` },
      { cause },
    );
    this.path = path;
    this.loadedBytes = loadedBytes;
  }
}
