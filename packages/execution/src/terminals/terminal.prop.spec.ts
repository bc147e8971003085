import fc from "fast-check";
import { concatMap } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScriptedTerminal, type TerminalScript } from "../testing/scripted-terminal.js";
import type { TerminalOutput } from "./terminal-output.js";
import { createTerminals } from "./terminals.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Followed {
  readonly items: readonly TerminalOutput[];
  readonly end: string;
}

async function follow(script: TerminalScript, command?: string): Promise<Followed> {
  const terminals = createTerminals(new ScriptedTerminal(script).context());
  const items: TerminalOutput[] = [];
  let end = "none";
  terminals
    .open(command === undefined ? {} : { command })
    .pipe(concatMap(({ output }) => output))
    .subscribe({
      next: (item) => void items.push(item),
      error: (error: { readonly code: string }) => (end = error.code),
      complete: () => (end = "complete"),
    });
  for (let rounds = 0; end === "none" && rounds < 5000; rounds += 1) await vi.advanceTimersToNextTimerAsync();
  return { items, end };
}

const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });
const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 7 });

/** Every byte at its offset once, or in exactly one gap. */
function expectTiled({ items }: Followed, whole: readonly number[]): number {
  let at = 0;
  let missing = 0;
  for (const item of items) {
    expect(item.offset).toBe(at);
    if (item.type === "gap") missing += item.missingBytes;
    else expect([...item.bytes]).toEqual(whole.slice(at, at + item.bytes.length));
    at += item.type === "gap" ? item.missingBytes : item.bytes.length;
  }
  expect(at).toBe(whole.length);
  return missing;
}

describe("Terminal.output", () => {
  it("has every byte once and in order, wherever its connections are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        pieces,
        cuts,
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        async (parts, where, writesAlone, exitOvertakes, ignoresSince) => {
          const followed = await follow({ pieces: parts, cuts: where, writesAlone, exitOvertakes, ignoresSince });
          expect(["complete", "stream-truncated"]).toContain(followed.end);
          const missing = expectTiled(
            followed,
            parts.flatMap((part) => [...part]),
          );
          // A cut of the look itself is the one way to lose the rest, and is told.
          if (where.length === 0 || (followed.end === "complete" && !exitOvertakes)) expect(missing).toBe(0);
          if (missing > 0) expect(followed.items.at(-1)?.type).toBe("gap");
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);

  it("has a gap for exactly what the server no longer keeps", async () => {
    await fc.assert(
      fc.asyncProperty(
        pieces,
        cuts,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 20 }),
        async (parts, where, writesAlone, kept) => {
          expectTiled(
            await follow({ pieces: parts, cuts: where, writesAlone, kept }),
            parts.flatMap((part) => [...part]),
          );
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  it("never starts a command twice: what its exit overtook is a gap", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const followed = await follow({ pieces: parts, exitOvertakes: true }, "make");
        expect(followed.end).toBe("complete");
        expect(
          expectTiled(
            followed,
            parts.flatMap((part) => [...part]),
          ),
        ).toBe(parts.at(-1)?.length);
      }),
      { numRuns: 50 },
    );
  });
});
