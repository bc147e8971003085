import fc from "fast-check";
import { lastValueFrom, materialize, take, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { isSandboxError } from "@rxsandbox/transport";
import { arbitraries, byteScript, cutInto, executionFrames, faults } from "@rxsandbox/testkit";
import { toExecution } from "../index.js";
import { scriptedExecd } from "../testing/scripted-execd.js";
import { asSent } from "../testing/as-sent.js";

const target = { context: { id: "k", language: "python" } } as const;
const framing = fc.constantFrom("bare" as const, "sse" as const);
const isTerminal = ({ type }: ExecutionEvent): boolean => type === "error" || type === "execution_complete";

async function observe(
  body: ReturnType<typeof byteScript>,
  sync = false,
): Promise<{ readonly events: readonly ExecutionEvent[]; readonly error: unknown; readonly calls: readonly string[] }> {
  const { execution, sent } = scriptedExecd({ "POST /base/code": { body }, "DELETE /base/code": {} }, { sync });
  const notifications = await lastValueFrom(execution.code.run("x", target).pipe(materialize(), toArray()));
  return {
    events: notifications.flatMap((notification) => (notification.kind === "N" ? [asSent(notification.value)] : [])),
    error: notifications.find((notification) => notification.kind === "E")?.error,
    calls: sent(),
  };
}

describe("code.run", () => {
  it("for any stream, framing and chunking, emits every frame up to the end of the body and completes", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraries.codeStream(),
        framing,
        arbitraries.chunking(),
        fc.boolean(),
        async ({ frames }, how, chunking, sync) => {
          const seen = await observe(byteScript(...cutInto(executionFrames(frames, { framing: how }), chunking)), sync);
          expect(seen).toEqual({ events: frames, error: undefined, calls: ["POST /code"] });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("for any stream cut anywhere, succeeds only where a terminal event was among its events, and tells a prefix of them", async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        arbitraries.codeStream(),
        framing,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async ({ frames }, how, fraction, isReset) => {
          const whole = executionFrames(frames, { framing: how });
          const at = Math.floor(fraction * whole.length);
          const seen = await observe(isReset ? faults.reset(byteScript(whole), at) : faults.cut(byteScript(whole), at));
          expect(frames.slice(0, seen.events.length)).toEqual(seen.events);
          if (seen.error === undefined) expect(seen.events.some(isTerminal)).toBe(true);
          else expect(isSandboxError(seen.error)).toBe(true);
          const kind = isSandboxError(seen.error) ? seen.error.code : "success";
          ends.set(kind, (ends.get(kind) ?? 0) + 1);
        },
      ),
      { numRuns: 1500 },
    );
    for (const kind of ["success", "stream-truncated", "network"]) expect(ends.get(kind) ?? 0).toBeGreaterThan(20);
  });

  it("for any order of output, count, result, status, error and completion, folds to the same value", async () => {
    const parts = fc.record({
      init: arbitraries.initEvent(),
      out: fc.array(arbitraries.outputEvent("chunk"), { maxLength: 3 }),
      rest: fc.tuple(
        fc.option(arbitraries.executionCountEvent()),
        fc.option(arbitraries.resultEvent()),
        fc.option(fc.tuple(arbitraries.statusEvent(), arbitraries.errorEvent())),
        arbitraries.executionCompleteEvent(),
      ),
    });
    const shuffled = parts.chain(({ init, out, rest: [count, result, failure, complete] }) => {
      const free: ExecutionEvent[] = [
        ...(count === null ? [] : [count]),
        ...(result === null ? [] : [result]),
        ...(failure ?? []),
        complete,
      ];
      // Output keeps its order; everything else may come anywhere between.
      const places = fc.tuple(...free.map(() => fc.nat({ max: out.length })));
      return fc.tuple(fc.shuffledSubarray(free, { minLength: free.length }), places).map(([order, at]) => {
        const mixed = [...Array(out.length + 1).keys()].flatMap((slot) => [
          ...order.filter((_, index) => at[index] === slot),
          ...out.slice(slot, slot + 1),
        ]);
        return { ordered: [init, ...out, ...free], mixed: [init, ...mixed], failed: failure?.[1].error ?? null };
      });
    });
    await fc.assert(
      fc.asyncProperty(shuffled, async ({ ordered, mixed, failed }) => {
        const fold = (events: readonly ExecutionEvent[]) =>
          lastValueFrom(
            scriptedExecd({ "POST /base/code": { body: executionFrames(events) } })
              .execution.code.run("x", target)
              .pipe(toExecution()),
          );
        const value = await fold(mixed);
        expect(value).toEqual(await fold(ordered));
        expect(value.end).toEqual(failed === null ? { kind: "completed" } : { kind: "failed", error: failed });
        expect(value.stdout.text).toBe(ordered.map((event) => (event.type === "stdout" ? event.text : "")).join(""));
      }),
      { numRuns: 500 },
    );
  });
});

describe("code.run, left", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it("for any stream, chunking and transport, leaving inside any event interrupts the kernel unless a terminal event was told", async () => {
    const seenEnds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        arbitraries.codeStream(),
        arbitraries.chunking(),
        fc.nat({ max: 20 }),
        fc.boolean(),
        async ({ frames, endIndex }, chunking, at, sync) => {
          const events = frames as readonly ExecutionEvent[];
          const taken = 1 + (at % events.length);
          const { id } = events[0] as { readonly id: string };
          const { execution, sent, transport, cleanupFailures } = scriptedExecd(
            {
              "POST /base/code": { body: [...byteScript(...cutInto(executionFrames(events), chunking))] },
              "DELETE /base/code": {},
            },
            { sync },
          );
          const seen: ExecutionEvent[] = [];
          execution.code
            .run("x", target)
            .pipe(take(taken))
            .subscribe((event) => seen.push(event));
          await vi.advanceTimersByTimeAsync(60_000);
          expect(seen.map(asSent)).toEqual(events.slice(0, taken));
          const isOver = taken > endIndex;
          seenEnds.add(`${isOver} ${sync}`);
          expect(sent()).toEqual(isOver ? ["POST /code"] : ["POST /code", `DELETE /code?id=${id}`]);
          expect(transport.active()).toBe(0);
          expect(cleanupFailures()).toEqual([]);
        },
      ),
      { numRuns: 1500 },
    );
    expect(seenEnds.size).toBe(4);
  }, 120_000);
});
