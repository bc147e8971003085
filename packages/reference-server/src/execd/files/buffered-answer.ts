import type { ServerResponse } from "node:http";

/**
 * An answer of unknown length: up to 2 KiB it gets a `Content-Length`, beyond that it is chunked (`execd.md` 12).
 *
 * Bounds: holds 2 KiB and waits for the socket.
 */
export class BufferedAnswer {
  readonly #response: ServerResponse;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isStreaming = false;
  #resume: () => void = () => {};

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on("drain", () => this.#resume());
    response.on("close", () => this.#resume());
  }

  /** Adds bytes; resolves when more can be taken. */
  async write(bytes: Buffer): Promise<void> {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (!this.#isStreaming && this.#heldBytes <= BUFFERED_BYTES) return;
    this.#isStreaming = true;
    const hasRoom = this.#response.write(Buffer.concat(this.#held));
    this.#held = [];
    if (!hasRoom && !this.#response.destroyed) await new Promise<void>((resolve) => (this.#resume = resolve));
  }

  /** Ends the answer. */
  end(): void {
    if (!this.#isStreaming) this.#response.setHeader("content-length", String(this.#heldBytes));
    this.#response.end(Buffer.concat(this.#held));
  }

  /** True once the client has gone. */
  get isAbandoned(): boolean {
    return this.#response.destroyed;
  }
}

const BUFFERED_BYTES = 2048;

/** Answers 200 with a JSON array, item by item. */
export async function answerJsonArray(response: ServerResponse, items: AsyncIterable<string>): Promise<void> {
  response.setHeader("content-type", "application/json; charset=utf-8");
  const answer = new BufferedAnswer(response);
  let opening = "[";
  for await (const item of items) {
    await answer.write(Buffer.from(opening + item));
    if (answer.isAbandoned) return;
    opening = ",";
  }
  await answer.write(Buffer.from(opening === "[" ? "[]" : "]"));
  answer.end();
}
