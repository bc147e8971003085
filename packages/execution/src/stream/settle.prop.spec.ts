import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { arbitraries } from "@rxsandbox/testkit";
import { settle, type RunAction, type RunInput, type RunRules, type RunState } from "./settle.js";

const isEnd = ({ type }: ExecutionEvent): boolean => type === "error" || type === "execution_complete";
const progress = { commandId: undefined, events: 0, bytes: 0, lastEventType: undefined };

/**
 * `told`: an explained error reaches the subscriber. `leaving`: the subscriber leaves inside the next event that it
 * gets.
 */
type Step = RunInput | { readonly kind: "told" } | { readonly kind: "leaving" };

const event = fc.oneof(
  { weight: 4, arbitrary: arbitraries.outputEvent("line") },
  { weight: 2, arbitrary: arbitraries.initEvent() },
  { weight: 2, arbitrary: arbitraries.errorEvent() },
  { weight: 2, arbitrary: arbitraries.executionCompleteEvent() },
  { weight: 1, arbitrary: arbitraries.pingEvent() },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("event" as const), event }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(
      { kind: "envelope", error: "envelope" },
      { kind: "unreadable", error: "unreadable" },
      { kind: "failure", error: "failure" },
      { kind: "stall", error: "stall" },
      { kind: "body-end", progress },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>({ kind: "attempt" }, { kind: "leave" }, { kind: "leaving" }, { kind: "told" }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("found", "over", "unknown")
      .map((end): Step => ({ kind: "search-end", end: end as "found" | "over" | "unknown" })),
  },
);

/**
 * What the actions did to a subscriber, the daemon and the body, when each input came as it does from a real stream.
 */
class Witness {
  readonly seen: ExecutionEvent[] = [];
  readonly did: RunAction["kind"][] = [];
  readonly ends: RunAction["kind"][] = [];
  /** The error that the subscriber got as it is. */
  error: unknown;
  isSent = false;
  interrupted: string | undefined;
  /** What was so when the subscriber left. */
  left: { readonly isSent: boolean; readonly isBodyOpen: boolean } | undefined;
  isBodyOpen = true;
  isLeaving = false;
  #state: RunState = { kind: "unsent" };
  #isExplaining = false;

  readonly #rules: RunRules;

  constructor(rules: RunRules) {
    this.#rules = rules;
  }

  feed(step: Step): void {
    if (step.kind === "leaving") this.isLeaving = true;
    else if (step.kind === "told") {
      if (this.#isExplaining && this.left === undefined) this.#leave();
    } else if (step.kind === "leave") this.#leave();
    else this.#input(step);
  }

  #leave(): void {
    if (this.left !== undefined) return;
    this.left = { isSent: this.isSent, isBodyOpen: this.isBodyOpen };
    this.#input({ kind: "leave" });
  }

  #input(input: RunInput): void {
    const isOfBody = input.kind !== "attempt" && input.kind !== "leave" && input.kind !== "search-end";
    if (isOfBody && !this.isBodyOpen) return;
    this.isSent ||= input.kind === "attempt";
    if (input.kind === "body-end" || input.kind === "failure") this.isBodyOpen = false;
    const [state, actions] = settle(this.#state, input, this.#rules);
    this.#state = state;
    for (const action of actions) this.#perform(action);
  }

  #perform(action: RunAction): void {
    this.did.push(action.kind);
    if (action.kind === "interrupt") this.interrupted = action.id;
    if (action.kind === "emit") {
      if (this.left === undefined) this.seen.push(action.event);
      if (this.isLeaving) this.#leave();
    } else if (action.kind === "explain") {
      this.ends.push(action.kind);
      this.#isExplaining = true;
    } else if (action.kind === "complete" || action.kind === "error") {
      // Of no effect for a subscriber that left inside the event before it.
      if (this.left === undefined) {
        this.ends.push(action.kind);
        if (action.kind === "error") this.error = action.error;
      }
      this.#leave();
    } else if (action.kind === "abort") this.isBodyOpen = false;
  }

  readonly count = (...kinds: readonly RunAction["kind"][]): number =>
    this.did.filter((kind) => kinds.includes(kind)).length;
}

const cases = { numRuns: 20_000 };
const rules = fc.record({ canInterrupt: fc.boolean(), toBodyEnd: fc.boolean() });
const run = (rule: RunRules, steps: readonly Step[]): Witness => {
  const witness = new Witness(rule);
  for (const each of steps) witness.feed(each);
  return witness;
};
/** Most runs are sent first, so that what follows means something. */
const steps = fc
  .tuple(fc.boolean(), fc.array(step, { maxLength: 14 }))
  .map(([isSentFirst, rest]) => (isSentFirst ? [{ kind: "attempt" } as const, ...rest] : rest));

describe("settle", () => {
  it("for any inputs, gives at most one end and nothing after it", () => {
    fc.assert(
      fc.property(rules, steps, (rule, inputs) => {
        const { ends, seen, did } = run(rule, inputs);
        expect(ends.length).toBeLessThanOrEqual(1);
        const end = did.findIndex((kind) => kind === "complete" || kind === "error" || kind === "explain");
        if (end >= 0) expect(did.slice(end)).not.toContain("emit");
        if (ends[0] === "complete") expect(seen.some(isEnd)).toBe(true);
        if (!rule.toBodyEnd) expect(seen.slice(0, -1).some(isEnd)).toBe(false);
      }),
      cases,
    );
  });

  it("for any inputs, interrupts or looks for the id once, exactly when the execution may run and is ours to end", () => {
    const met = { interrupted: 0, searched: 0, closed: 0, over: 0 };
    fc.assert(
      fc.property(rules, steps, (rule, inputs) => {
        const { left, did, seen, ends, error, count, interrupted } = run(rule, inputs);
        if (left === undefined) {
          expect(count("interrupt", "search", "drain", "abort")).toBe(0);
          return;
        }
        // After an error of its own the execution goes on.
        const isOurs = rule.canInterrupt && left.isSent && !seen.some(isEnd) && !ends.includes("explain");
        const id = seen.find((told) => told.type === "init")?.id;
        const isUnreadable = error === "unreadable";
        expect(count("interrupt")).toBe(isOurs && id !== undefined ? 1 : 0);
        if (interrupted !== undefined) expect(interrupted).toBe(id);
        expect(count("search")).toBe(isOurs && id === undefined && !isUnreadable ? 1 : 0);
        met[
          count("interrupt") === 1
            ? "interrupted"
            : count("search") === 1
              ? "searched"
              : did.includes("abort")
                ? "closed"
                : "over"
        ] += 1;
      }),
      cases,
    );
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(50);
  });

  it("for any inputs, a stall is an error to whoever waits for an end, and then the same as leaving", () => {
    const met = { waiting: 0, over: 0 };
    fc.assert(
      fc.property(rules, steps, (rule, inputs) => {
        const before = run(rule, inputs);
        const stalled = run(rule, [...inputs, { kind: "stall", error: "silence" }]);
        const isWaiting = before.left === undefined && before.ends.length === 0 && before.isSent && before.isBodyOpen;
        met[isWaiting ? "waiting" : "over"] += 1;
        if (isWaiting) {
          const left = run(rule, [...inputs, { kind: "leave" }]);
          expect(stalled.error).toBe("silence");
          expect(stalled.did.slice(before.did.length)).toEqual(["error", ...left.did.slice(before.did.length)]);
        } else expect(stalled.did).toEqual(before.did);
      }),
      cases,
    );
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(50);
  });

  it("for any inputs, reads the body on or closes it once, after the subscriber has left", () => {
    fc.assert(
      fc.property(rules, steps, (rule, inputs) => {
        const { left, count } = run(rule, inputs);
        const rest = count("drain", "abort");
        expect(rest).toBeLessThanOrEqual(1);
        if (left?.isBodyOpen === true && count("search") === 0) expect(rest).toBe(1);
        if (left !== undefined && !left.isBodyOpen) expect(count("drain")).toBe(0);
      }),
      cases,
    );
  });

  it("for any inputs after the search has begun, tells it what it needs and ends the stream when it ends", () => {
    const news = new Set<string>();
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(step, { maxLength: 6 }),
        fc.constantFrom("found" as const, "over" as const, "unknown" as const),
        (toBodyEnd, inputs, end) => {
          const witness = run({ canInterrupt: true, toBodyEnd }, [{ kind: "attempt" }, { kind: "leave" }]);
          expect(witness.did).toEqual(["search"]);
          const before = inputs.filter(({ kind }) => kind !== "search-end");
          for (const each of before) {
            const told = witness.did.length;
            witness.feed(each);
            for (const kind of witness.did.slice(told)) news.add(`${each.kind} ${kind}`);
          }
          expect(witness.seen).toEqual([]);
          expect(witness.count("drain", "abort")).toBe(0);
          witness.feed({ kind: "search-end", end });
          expect(witness.did.at(-1)).toBe(end === "unknown" ? "abort" : "drain");
        },
      ),
      { numRuns: 5000 },
    );
    expect([...news].sort()).toEqual([
      "body-end search-failed",
      "body-end search-over",
      "envelope search-over",
      "event search-found",
      "event search-over",
      "failure search-failed",
      "unreadable search-failed",
    ]);
  });
});
