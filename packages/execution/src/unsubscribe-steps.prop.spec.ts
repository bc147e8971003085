import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { take } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { arbitraries, byteScript, cutInto, executionFrames, type Answer, type ByteStep } from "@rxsandbox/testkit";
import { scriptedExecd } from "./testing/scripted-execd.js";
import { asSent } from "./testing/as-sent.js";

const timers = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] as const;
const post = (calls: readonly string[]): number => calls.filter((call) => call.startsWith("POST")).length;

describe("unsubscribe, at every step", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: [...timers] }));
  afterEach(() => void vi.useRealTimers());

  it("for any stream, chunking and transport, leaving a run inside any event interrupts it unless that event was its end", async () => {
    const seenEnds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        arbitraries.commandStream(),
        arbitraries.chunking(),
        fc.nat({ max: 12 }),
        fc.boolean(),
        fc.boolean(),
        async (stream, chunking, at, sync, detached) => {
          const events = stream.frames
            .slice(0, stream.endIndex + 1)
            .filter((frame): frame is ExecutionEvent => "type" in frame);
          const count = 1 + (at % events.length);
          const last = events[count - 1]!;
          const id = (events[0] as { readonly id: string }).id;
          const body: ByteStep[] = [...byteScript(...cutInto(executionFrames(stream.frames), chunking))];
          const { execution, sent, transport, cleanupFailures } = scriptedExecd(
            { "POST /base/command": { body }, "DELETE /base/command": {} },
            { sync },
          );
          const seen: ExecutionEvent[] = [];
          let isGone = false;
          execution.commands
            .run("x", { detached })
            .pipe(take(count))
            .subscribe({
              next: (event) => seen.push(event),
              error: () => (isGone = true),
              complete: () => (isGone = true),
            });
          await vi.advanceTimersByTimeAsync(60_000);
          const isEnd = last.type === "error" || last.type === "execution_complete";
          seenEnds.add(`${isEnd} ${sync} ${detached}`);
          expect(isGone).toBe(true);
          expect(seen.map(asSent)).toEqual(events.slice(0, count));
          expect(sent()).toEqual(isEnd || detached ? ["POST /command"] : ["POST /command", `DELETE /command?id=${id}`]);
          expect(transport.requests[0]!.end).toMatch(isEnd ? /complete/ : /aborted|complete/);
          expect(transport.active()).toBe(0);
          expect(cleanupFailures()).toEqual([]);
        },
      ),
      { numRuns: 1500 },
    );
    expect(seenEnds.size).toBe(8);
  }, 120_000);

  it("for any stream and transport, leaving with the handle of a start in hand sends nothing more", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraries.initEvent(),
        arbitraries.executionCompleteEvent(),
        arbitraries.chunking(),
        fc.boolean(),
        async (init, complete, chunking, sync) => {
          const body = byteScript(...cutInto(executionFrames([init, complete]), chunking));
          const { execution, sent, transport } = scriptedExecd({ "POST /base/command": { body } }, { sync });
          const ids: string[] = [];
          execution.commands
            .start("x")
            .pipe(take(1))
            .subscribe(({ id }) => ids.push(id));
          await vi.advanceTimersByTimeAsync(60_000);
          expect(ids).toEqual([init.id]);
          expect(sent()).toEqual(["POST /command"]);
          expect(transport.active()).toBe(0);
        },
      ),
      { numRuns: 1000 },
    );
  }, 120_000);

  /** How the server answers one sending of a POST. */
  type Reply = "answered" | "refused" | "gateway" | "reset" | "unsent" | "garbled";
  const reply = fc.constantFrom<Reply>("answered", "refused", "gateway", "reset", "unsent", "garbled");
  const ms = fc.integer({ min: 0, max: 500 });

  it("for any server and any moment of leaving a createSession, leaves a session only to who received it and sends nothing for nobody", async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        ms,
        ms,
        fc.array(reply, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 4000 }),
        fc.boolean(),
        async (resolveMs, delayMs, replies, leaveMs, deleteFails) => {
          let created = 0;
          const alive = new Set<string>();
          let unknown = 0;
          const answers: Record<Reply, () => Answer> = {
            answered: () => {
              created += 1;
              alive.add(`s${created}`);
              return { delayMs, json: { session_id: `s${created}` } };
            },
            refused: () => ({
              delayMs,
              status: 500,
              json: { code: "RUNTIME_ERROR", message: "error creating session. no" },
            }),
            gateway: () => {
              unknown += 1;
              return { delayMs, status: 502, body: "Bad Gateway" };
            },
            reset: () => {
              unknown += 1;
              return { delayMs, failure: "reset" };
            },
            unsent: () => ({ delayMs, failure: "connect" }),
            garbled: () => {
              unknown += 1;
              return { delayMs, body: "<html>" };
            },
          };
          const execd = scriptedExecd(
            {
              "POST /base/session": (_, call) => answers[replies[Math.min(call, replies.length - 1)]!](),
              "DELETE /base/session/:id": ({ params: { id = "" } }) => {
                if (deleteFails) return { status: 500, json: { code: "RUNTIME_ERROR", message: "no" } };
                return alive.delete(id)
                  ? {}
                  : { status: 404, json: { code: "CONTEXT_NOT_FOUND", message: `session ${id} not found` } };
              },
            },
            { resolveMs, retry: { maxAttempts: 3, baseDelayMs: 400 } },
          );
          let received: string | undefined;
          let isOver = false;
          const subscription = execd.execution
            .createSession()
            .subscribe({ next: ({ id }) => (received = id), error: () => (isOver = true) });
          await vi.advanceTimersByTimeAsync(leaveMs);
          const [sentBefore, receivedBefore, wasOver] = [post(execd.sent()), received, isOver];
          subscription.unsubscribe();
          await vi.advanceTimersByTimeAsync(60_000);
          expect(post(execd.sent())).toBe(sentBefore);
          expect(received).toBe(receivedBefore);
          expect(isOver).toBe(wasOver);
          const owned = receivedBefore === undefined ? [] : [receivedBefore];
          const undone = [...Array(created).keys()].map((index) => `s${index + 1}`).filter((id) => !owned.includes(id));
          expect(execd.sent().filter((call) => call.startsWith("DELETE"))).toEqual(
            undone.map((id) => `DELETE /session/${id}`),
          );
          expect([...alive]).toEqual(deleteFails ? [...undone, ...owned] : owned);
          const isUnknown = unknown > 0 && !wasOver;
          expect(execd.cleanupFailures().length).toBe((deleteFails && undone.length > 0) || isUnknown ? 1 : 0);
          expect(execd.transport.active()).toBe(0);
          const kind =
            owned.length > 0
              ? "received"
              : wasOver
                ? "failed"
                : undone.length > 0
                  ? "undone"
                  : isUnknown
                    ? "unknown"
                    : "nothing";
          ends.set(kind, (ends.get(kind) ?? 0) + 1);
        },
      ),
      { numRuns: 1500 },
    );
    for (const kind of ["received", "failed", "undone", "unknown", "nothing"])
      expect(ends.get(kind) ?? 0).toBeGreaterThan(10);
  }, 120_000);

  it("for any number of refused connections and any moment of leaving, sends no run, start or session run for nobody", async () => {
    const calls = fc.constantFrom("run" as const, "start" as const, "session" as const);
    let left = 0;
    await fc.assert(
      fc.asyncProperty(
        calls,
        fc.nat({ max: 3 }),
        ms,
        fc.integer({ min: 0, max: 4000 }),
        async (call, refusals, delayMs, leaveMs) => {
          const frames = executionFrames([{ type: "init", id: "c", timestamp: 1 }]);
          const answer = (_: unknown, nth: number): Answer =>
            nth < refusals
              ? { delayMs, failure: "connect" }
              : { delayMs, body: [...byteScript(frames), { kind: "stall" }] };
          const { execution, sent, transport, cleanupFailures } = scriptedExecd(
            { "POST /base/command": answer, "POST /base/session/s/run": answer, "DELETE /base/command": {} },
            { retry: { maxAttempts: 4, baseDelayMs: 400 } },
          );
          const work = {
            run: () => execution.commands.run("x"),
            start: () => execution.commands.start("x"),
            session: () => execution.attachSession("s").run("x"),
          }[call]();
          const subscription = (work as ReturnType<typeof execution.commands.run>).subscribe({
            error: () => undefined,
          });
          await vi.advanceTimersByTimeAsync(leaveMs);
          const before = post(sent());
          subscription.unsubscribe();
          await vi.advanceTimersByTimeAsync(60_000);
          expect(post(sent())).toBe(before);
          // The connection that was not refused reached the server, which begins a command there and says its id sooner
          // or later.
          const hasBegun = before > refusals;
          left += hasBegun ? 0 : 1;
          expect(sent().slice(before)).toEqual(hasBegun && call !== "session" ? ["DELETE /command?id=c"] : []);
          expect(cleanupFailures()).toEqual([]);
          expect(transport.active()).toBe(0);
        },
      ),
      { numRuns: 1000 },
    );
    expect(left).toBeGreaterThan(50);
  }, 120_000);

  it("for any moment, closing the client ends a run as leaving it does, waits for that, and tells the subscriber", async () => {
    const even = fc.nat({ max: 500 }).map((half) => 2 * half + 2);
    await fc.assert(
      fc.asyncProperty(
        even,
        even,
        even,
        even,
        fc.nat({ max: 2000 }).map((half) => 2 * half + 1),
        async (resolveMs, headMs, initMs, endMs, closeMs) => {
          const body: ByteStep[] = [
            { kind: "delay", ms: initMs },
            ...byteScript(executionFrames([{ type: "init", id: "c", timestamp: 1 }])),
            { kind: "delay", ms: endMs },
            ...byteScript(executionFrames([{ type: "execution_complete", executionTimeMs: 1, timestamp: 2 }])),
          ];
          const { execution, sent, scope, transport, cleanupFailures } = scriptedExecd(
            { "POST /base/command": { delayMs: headMs, body }, "DELETE /base/command": { delayMs: 100 } },
            { resolveMs },
          );
          const codes: string[] = [];
          execution.commands.run("x").subscribe({
            error: ({ code }: { readonly code: string }) => codes.push(code),
            complete: () => codes.push("complete"),
          });
          await vi.advanceTimersByTimeAsync(closeMs);
          let atClose: readonly string[] | undefined;
          void scope.close().then(() => (atClose = sent()));
          await vi.advanceTimersByTimeAsync(15_000);
          const endAt = resolveMs + headMs + initMs + endMs;
          const expected =
            closeMs < resolveMs ? [] : closeMs > endAt ? ["POST /command"] : ["POST /command", "DELETE /command?id=c"];
          expect(codes).toEqual([closeMs > endAt ? "complete" : "closed"]);
          expect(atClose).toEqual(expected);
          expect(sent()).toEqual(expected);
          expect(transport.active()).toBe(0);
          expect(cleanupFailures()).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  }, 120_000);
});
