import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, type InvalidArgumentError } from "@rxsandbox/transport";
import { egressOf } from "./testing/egress-of.js";

const rule = (action: string, target: string) => ({ action, target });
const policy = (egress: unknown, defaultAction = "deny") => ({ policy: { defaultAction, egress } });
const [a, b] = [rule("allow", "a.com"), rule("allow", "b.com")];

describe("watchEgressPolicy", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("emits the policy now and on change only: the order counts, the ways to have no rules do not", async () => {
    const answers = [
      policy(null),
      policy([]),
      policy(undefined),
      policy([a, b]),
      policy([a, b]),
      policy([b, a]),
      policy([b, a], "allow"),
      policy([b, { ...a, action: "deny" }], "allow"),
      policy([], "deny"),
    ];
    const { egress, sent } = egressOf(answers);
    const seen: string[] = [];
    const watching = egress
      .watchEgressPolicy({ intervalSeconds: 10 })
      .subscribe(({ defaultAction, egress: rules }) =>
        seen.push(
          `${sent.length} ${defaultAction} ${rules.map(({ action, target }) => `${action} ${target}`).join(", ")}`,
        ),
      );
    expect(seen).toEqual(["1 deny "]);
    await vi.advanceTimersByTimeAsync(80_000);
    expect(seen).toEqual([
      "1 deny ",
      "4 deny allow a.com, allow b.com",
      "6 deny allow b.com, allow a.com",
      "7 allow allow b.com, allow a.com",
      "8 allow allow b.com, deny a.com",
      "9 deny ",
    ]);
    watching.unsubscribe();
    await vi.advanceTimersByTimeAsync(80_000);
    expect(sent).toHaveLength(9);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends nothing before subscribe, and asks every 5 s, again for each subscriber", async () => {
    const { egress, sent } = egressOf([policy([])]);
    const watch = egress.watchEgressPolicy();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(0);
    const subscriptions = [watch.subscribe(), watch.subscribe()];
    await vi.advanceTimersByTimeAsync(4999);
    expect(sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(4);
    for (const subscription of subscriptions) subscription.unsubscribe();
  });

  it("errors when the policy can no longer be read", async () => {
    const failure = new ApiError("unauthorized", "no", { status: 401 });
    const { egress, sent } = egressOf([policy([]), failure]);
    const seen: unknown[] = [];
    egress.watchEgressPolicy({ intervalSeconds: 1 }).subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => seen.push(error),
      complete: () => seen.push("complete"),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual([{ defaultAction: "deny", egress: [] }, failure]);
    expect(sent).toHaveLength(2);
  });

  it("waits out an interval longer than a timer of the platform", async () => {
    const { egress, sent } = egressOf([policy([])]);
    const watching = egress.watchEgressPolicy({ intervalSeconds: 30 * 86_400 }).subscribe();
    await vi.advanceTimersByTimeAsync(29 * 86_400_000);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(sent).toHaveLength(2);
    watching.unsubscribe();
  });

  it.each<[string, unknown]>([
    ["options", null],
    ["intervalSeconds", { intervalSeconds: 0 }],
    ["intervalSeconds", { intervalSeconds: Number.NaN }],
    ["intervalSeconds", { intervalSeconds: "5" }],
    ["interval", { interval: 5 }],
  ])("refuses %s of %j at the call", (argument, options) => {
    expect(() => egressOf([{}]).egress.watchEgressPolicy(options as object)).toThrow(
      expect.objectContaining({ argument }) as InvalidArgumentError,
    );
  });
});
