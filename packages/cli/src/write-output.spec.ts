import { setImmediate as turn } from "node:timers/promises";
import type { ExecutionEvent } from "@rxsandbox/client";
import { describe, expect, it } from "vitest";
import { writeOutput } from "./write-output.js";

const line = (text: string): ExecutionEvent => ({ type: "stdout", text, unit: "line", timestamp: 0 });

/** An endless run that counts what is pulled, and a terminal whose writes complete when told to. */
function slowReader() {
  const seen = { pulled: 0, isReturned: false, written: "" };
  const events: AsyncIterable<ExecutionEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: line(`line ${++seen.pulled}`) }),
      return: async () => {
        seen.isReturned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const waiting: (() => void)[] = [];
  const write = (text: string): Promise<void> => {
    seen.written += text;
    return new Promise((resolve) => waiting.push(resolve));
  };
  return {
    seen,
    events,
    terminal: { out: write, err: write, isInteractive: false },
    release: () => waiting.shift()?.(),
  };
}

describe("writeOutput", () => {
  it("pulls an event only when the terminal has taken the one before", async () => {
    const { seen, events, terminal, release } = slowReader();
    const subscription = writeOutput(events, terminal).subscribe({ error: expect.unreachable });
    await turn();
    expect(seen).toMatchObject({ pulled: 1, written: "line 1\n" });
    release();
    await turn();
    expect(seen).toMatchObject({ pulled: 2, written: "line 1\nline 2\n" });
    subscription.unsubscribe();
  });

  it("ends the run at once on unsubscribe, while the terminal is behind", async () => {
    const { seen, events, terminal } = slowReader();
    const subscription = writeOutput(events, terminal).subscribe({ error: expect.unreachable });
    await turn();
    subscription.unsubscribe();
    expect(seen.isReturned).toBe(true);
  });
});
