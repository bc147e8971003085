import fc from "fast-check";
import { Subject, finalize, type Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest } from "@rxsandbox/transport";
import { fakeApi, heardClock } from "../testing/fake-api.js";
import { createEndpointDirectory } from "./endpoint-directory.js";

const key = fc.constantFrom("a/1", "a/2", "b/1");
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("resolve" as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("answer" as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("invalidate" as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), sandbox: fc.constantFrom("a", "b") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), nth: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 1000, 100_000, 599_999, 600_000) }),
  },
);

describe("createEndpointDirectory", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("for any interleaving, has one look-up under way per port at most and gives no address that was asked for before it was forgotten or has expired", () => {
    const reached = { shared: 0, remembered: 0, renewed: 0 };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        /** Look-ups under way. */
        const pending = new Map<string, { readonly answer: Subject<unknown>; readonly nth: number }>();
        /** When a look-up was asked for, by its number, which is also its address. */
        const askedAt: { readonly order: number; readonly ms: number }[] = [];
        const forgottenAt = new Map<string, number>();
        let order = 0;
        // Collected: what is thrown in an observer does not reach the test.
        const violations: string[] = [];
        const api = fakeApi((request: ApiRequest) => {
          const [, , sandbox, , port] = request.path.split("/");
          const name = `${sandbox}/${port}`;
          if (pending.has(name)) violations.push(`two look-ups of ${name}`);
          const answer = new Subject<unknown>();
          const entry = { answer, nth: askedAt.length };
          askedAt.push({ order: (order += 1), ms: Date.now() });
          pending.set(name, entry);
          return answer.pipe(finalize(() => void (pending.get(name) === entry && pending.delete(name))));
        });
        const directory = createEndpointDirectory({
          api,
          access: "direct",
          endpointProtocol: "http",
          sandboxHeaders: {},
          controlPlane: { origin: "http://cp", apiKey: "k" },
          clock: heardClock(),
        });
        const waiting: Subscription[] = [];

        for (const action of steps) {
          order += 1;
          switch (action.do) {
            case "resolve": {
              const [sandbox = "", port = ""] = action.key.split("/");
              const subscribedMs = Date.now();
              const before = askedAt.length;
              const wasPending = pending.has(action.key);
              let isSynchronous = true;
              waiting.push(
                directory
                  .source(sandbox)
                  .resolve(Number(port))
                  .subscribe({
                    next: ({ url }) => {
                      const asked = askedAt[Number(/\d+$/.exec(url)?.[0])];
                      if (asked === undefined || asked.order < (forgottenAt.get(action.key) ?? 0))
                        violations.push(`a forgotten address of ${action.key}`);
                      // Found by an earlier look-up: not older than ten minutes.
                      if (isSynchronous && asked !== undefined && subscribedMs - asked.ms >= 600_000)
                        violations.push(`an expired address of ${action.key}`);
                    },
                    error: () => undefined,
                  }),
              );
              isSynchronous = false;
              if (wasPending) expect(askedAt.length).toBe(before);
              reached[wasPending ? "shared" : askedAt.length === before ? "remembered" : "renewed"] += 1;
              break;
            }
            case "answer": {
              const found = pending.get(action.key);
              found?.answer.next({ endpoint: `h/${found.nth}` });
              found?.answer.complete();
              break;
            }
            case "fail":
              pending.get(action.key)?.answer.error(new Error("lost"));
              break;
            case "invalidate": {
              const [sandbox = "", port = ""] = action.key.split("/");
              forgottenAt.set(action.key, order);
              directory.source(sandbox).invalidate(Number(port));
              break;
            }
            case "forget":
              for (const port of [1, 2]) forgottenAt.set(`${action.sandbox}/${port}`, order);
              directory.forget(action.sandbox);
              break;
            case "leave":
              waiting[action.nth]?.unsubscribe();
              break;
            case "wait":
              vi.setSystemTime(Date.now() + action.ms);
          }
        }
        for (const subscription of waiting) subscription.unsubscribe();
        expect({ violations, underWay: pending.size }).toEqual({ violations: [], underWay: 0 });
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(reached.shared, reached.remembered, reached.renewed)).toBeGreaterThan(100);
  });
});
