import fc from "fast-check";
import type { Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SandboxError } from "@rxsandbox/transport";
import { arbitraries } from "@rxsandbox/testkit";
import { scriptedExecd } from "../testing/scripted-execd.js";
import type { FollowEvent } from "./follow-event.js";
import type { FollowEncoding } from "./follow-options.js";
import type { FollowToken } from "./follow-token.js";
import { modelDaemon, type ModelCommand, type RequestFault, type RequestPlan } from "./testing/model-command.js";

/** Whole, broken and unfinished characters, and lines. */
const piece = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom(
    Uint8Array.of(0xe4, 0xbd),
    Uint8Array.of(0xf0, 0x9f, 0x98),
    Uint8Array.of(0xef, 0xbb, 0xbf),
    Uint8Array.of(0x0a),
  ),
);

const command: fc.Arbitrary<ModelCommand> = fc
  .record({
    pieces: fc.array(fc.tuple(piece, fc.nat({ max: 1500 })), { maxLength: 8 }),
    registeredAtMs: fc.constantFrom(0, 0, 30, 400),
    lateMs: fc.nat({ max: 3000 }),
    exitCode: fc.constantFrom(0, 0, 1, 42),
    hidesCursor: fc.boolean(),
  })
  .map(({ pieces, lateMs, ...rest }) => {
    let atMs = 0;
    let size = 0;
    const growth = pieces.map(([bytes, pauseMs]) => ({ atMs: (atMs += pauseMs), size: (size += bytes.length) }));
    const log = Uint8Array.from(pieces.flatMap(([bytes]) => [...bytes]));
    return { ...rest, log, growth, finishedAtMs: atMs + lateMs };
  });

const at = fc.nat({ max: 30 });
const fault: fc.Arbitrary<RequestFault> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<RequestFault>({ kind: "none" }) },
  { weight: 2, arbitrary: at.map((offset): RequestFault => ({ kind: "cut", at: offset })) },
  { weight: 2, arbitrary: at.map((offset): RequestFault => ({ kind: "reset", at: offset })) },
  { weight: 1, arbitrary: at.map((offset): RequestFault => ({ kind: "stall", at: offset })) },
  { weight: 1, arbitrary: fc.constant<RequestFault>({ kind: "refused" }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(502, 503, 504)
      .map((status): RequestFault => ({ kind: "gateway", status: status as 502 })),
  },
);
const plan: fc.Arbitrary<RequestPlan> = fc.record({
  fault,
  delayMs: fc.oneof(fc.constant(0), fc.nat({ max: 2000 })),
  chunking: arbitraries.chunking(),
});
/** After so many events the program ends and a new one goes on: from the last token, or from one before it. */
const restart = fc.record({ afterEvents: fc.integer({ min: 1, max: 6 }), back: fc.nat({ max: 3 }) });

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const calm: RequestPlan = { fault: { kind: "none" }, delayMs: 0, chunking: { kind: "whole" } };

type Output<E extends FollowEncoding> = E extends "bytes" ? Uint8Array : string;

/**
 * Follows one command with one program after the other. Gives each program's output, joined where the next one went on.
 */
async function followAcross<E extends FollowEncoding>(
  encoding: E,
  model: ModelCommand,
  plans: readonly RequestPlan[],
  restarts: readonly { readonly afterEvents: number; readonly back: number }[],
) {
  let used = 0;
  const routes = modelDaemon(model, performance.now(), () => plans[used++] ?? calm);
  let token: FollowToken = { v: 1, sandboxId: "s", commandId: "c", cursor: "0" as FollowToken["cursor"] };
  let joined: { readonly token: FollowToken; readonly output: Output<E> }[] = [];
  let end: FollowEvent | undefined;
  let error: SandboxError | undefined;
  for (const step of [...restarts, undefined]) {
    const { execution, transport } = scriptedExecd(routes, { sandboxId: "s" });
    const seen: { readonly token: FollowToken; readonly output: Output<E> }[] = [];
    const subscription: { current?: Subscription } = {};
    let isLeft = false;
    const stored = JSON.parse(JSON.stringify(token)) as FollowToken;
    const from = seen.length;
    subscription.current = execution.commands.resume(stored, { encoding: encoding as "text" }).subscribe({
      next: (event) => {
        expect(isLeft).toBe(false);
        if (event.type === "output") {
          const { text: string, bytes } = event as { readonly text?: string; readonly bytes?: Uint8Array };
          seen.push({ token: event.token, output: (encoding === "bytes" ? bytes : string) as Output<E> });
        } else if (event.type === "end") end = event;
        if (step !== undefined && seen.length - from >= step.afterEvents) {
          isLeft = true;
          subscription.current?.unsubscribe();
        }
      },
      error: (thrown: SandboxError) => (error = thrown),
    });
    for (let minutes = 0; minutes < 30 && end === undefined && error === undefined && !isLeft; minutes += 1)
      await vi.advanceTimersByTimeAsync(60_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.active()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    joined = [...joined, ...seen];
    if (end !== undefined || error !== undefined || step === undefined) break;
    // An older token: what came behind it is not counted, since it comes again.
    joined = joined.slice(0, Math.max(0, joined.length - step.back));
    token = joined.at(-1)?.token ?? { ...token, cursor: "0" as FollowToken["cursor"] };
  }
  return { output: joined.map(({ output }) => output), end, error, requests: used };
}

describe("follow", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it.each(["text", "bytes"] as const)(
    "for any log, any cut of any request, any order of answers and any restart from any token, the output as %s is exactly the log",
    async (encoding) => {
      const met = { restarted: 0, faulty: 0, hidden: 0 };
      await fc.assert(
        fc.asyncProperty(
          command,
          fc.array(plan, { maxLength: 30 }),
          fc.array(restart, { maxLength: 3 }),
          async (model, plans, restarts) => {
            const { output, end, error, requests } = await followAcross(encoding, model, plans, restarts);
            expect(error).toBeUndefined();
            if (encoding === "bytes")
              expect((output as Uint8Array[]).flatMap((bytes) => [...bytes])).toEqual([...model.log]);
            else expect(output.join("")).toBe(text(model.log));
            expect(end).toEqual({
              type: "end",
              end: { kind: "exited", exitCode: model.exitCode },
              token: { v: 1, sandboxId: "s", commandId: "c", cursor: String(model.log.length) },
              limitReached: false,
            });
            if (restarts.length > 0) met.restarted += 1;
            if (plans.slice(0, requests).some(({ fault: { kind } }) => kind !== "none")) met.faulty += 1;
            if (model.hidesCursor) met.hidden += 1;
          },
        ),
        { numRuns: 2000 },
      );
      for (const times of Object.values(met)) expect(times).toBeGreaterThan(300);
    },
    300_000,
  );
});
