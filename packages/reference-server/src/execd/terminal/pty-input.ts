import { writeSync } from "node:fs";

import { errnoCode } from "../system/go-errno.js";

/** What a {@link PtyInput} reports. */
export interface PtyInputListener {
  /** Nothing waits any more. */
  drained(): void;
  failed(error: unknown): void;
}

/**
 * Writes to the master side of a terminal device without ever waiting for its reader.
 *
 * A stream of the platform would: it writes to such a device synchronously, and a program that does not read would stop
 * the whole daemon. The descriptor must be non-blocking; input that it does not take waits here. The caller bounds it.
 */
export class PtyInput {
  readonly #descriptor: number;
  readonly #listener: PtyInputListener;
  readonly #waiting: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  pendingBytes = 0;
  isClosed = false;

  constructor(descriptor: number, listener: PtyInputListener) {
    this.#descriptor = descriptor;
    this.#listener = listener;
  }

  write(bytes: Buffer): void {
    if (this.isClosed || bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.#timer === undefined) this.#flush();
  }

  /** Nothing is written any more; what waits is dropped. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.pendingBytes = 0;
  }

  #flush(): void {
    this.#timer = undefined;
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        const written = writeSync(this.#descriptor, next);
        this.pendingBytes -= written;
        if (written < next.length) this.#waiting[0] = next.subarray(written);
        else this.#waiting.shift();
      }
    } catch (error) {
      if (errnoCode(error) === "EAGAIN") {
        this.#timer = setTimeout(() => this.#flush(), RETRY_MS);
        return;
      }
      this.close();
      this.#listener.failed(error);
      return;
    }
    this.#listener.drained();
  }
}

const RETRY_MS = 10;
