import type { Readable, Writable } from "node:stream";
import { LONGEST_TIMER_MS } from "../shared/long-timer.js";

/** Longest line that the other side may send; more is dropped, it is not a line of ours. */
const MAX_LINE_BYTES = 64 * 1024;

/** Lines in both directions over a pair of pipes to a child process. */
export interface LineChannel {
  /** Writes one line; an error of the pipe is the child's end, which its `exit` reports. */
  send(line: string): void;
  /** Calls `listener` with every line that arrives from now on; returns the removal. */
  listen(listener: (line: string) => void): () => void;
  /** Fulfils with the first line for which `accepts` holds; rejects after `timeoutMs` or at the end of the stream. */
  expect(accepts: (line: string) => boolean, timeoutMs: number): Promise<string>;
}

/** Frames a readable and a writable stream as lines. */
export function lineChannel(readable: Readable, writable: Writable): LineChannel {
  const listeners = new Set<(line: string) => void>();
  const endings = new Set<(reason: Error) => void>();
  let pending = "";
  let isEnded = false;
  readable.setEncoding("utf8");
  readable.on("data", (text: string) => {
    pending += text;
    for (let end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      for (const listener of listeners) listener(line);
    }
    if (pending.length > MAX_LINE_BYTES) pending = "";
  });
  const end = (): void => {
    isEnded = true;
    for (const ending of endings) ending(new Error("the child process closed its output"));
  };
  readable.on("end", end);
  readable.on("close", end);
  readable.on("error", end);
  // EPIPE after the child's death: its exit is what counts.
  writable.on("error", () => {});
  return {
    send: (line) => void writable.write(`${line}\n`),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    expect(accepts, timeoutMs) {
      return new Promise((resolve, reject) => {
        if (isEnded) return reject(new Error("the child process closed its output"));
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          listeners.delete(onLine);
          endings.delete(onEnd);
          act();
        };
        const onLine = (line: string): void => {
          if (accepts(line)) settle(() => resolve(line));
        };
        const onEnd = (reason: Error): void => settle(() => reject(reason));
        const timer = setTimeout(
          () => onEnd(new Error(`the child process did not answer within ${timeoutMs} ms`)),
          Math.min(timeoutMs, LONGEST_TIMER_MS),
        );
        listeners.add(onLine);
        endings.add(onEnd);
      });
    },
  };
}
