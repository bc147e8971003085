import { NEVER, Observable, Subject, Subscription, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientEvent } from "../ports/client-event.js";
import type { CleanupSubject, DrainableBody } from "../ports/scope.js";
import { createScope } from "./create-scope.js";

const subject: CleanupSubject = { kind: "sandbox", id: "s" };

function drainable() {
  const state = { detached: 0, received: 0, subscription: new Subscription() };
  const body: DrainableBody = { subscription: state.subscription, detach: () => void (state.detached += 1), bytes: () => state.received };
  return { state, body };
}

describe("createScope", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  describe("guard", () => {
    it("passes work through and forgets it at its end", () => {
      const seen: unknown[] = [];
      createScope().guard(of(1, 2)).subscribe({ next: (value) => seen.push(value), complete: () => seen.push("complete") });
      expect(seen).toEqual([1, 2, "complete"]);
    });

    it("errors closed at subscribe, and meanwhile, which unsubscribes from the work", async () => {
      const scope = createScope();
      let isAborted = false;
      const errors: unknown[] = [];
      const work = scope.guard(new Observable<never>(() => () => (isAborted = true)));
      work.subscribe({ error: (error) => errors.push(error) });
      const closing = scope.close();
      expect(scope.isClosed).toBe(true);
      expect(isAborted).toBe(true);
      work.subscribe({ error: (error) => errors.push(error) });
      expect(errors).toMatchObject([{ code: "closed" }, { code: "closed" }]);
      await closing;
    });
  });

  describe("cleanup", () => {
    it("starts at once and tells whether it succeeded", async () => {
      const events: ClientEvent[] = [];
      const scope = createScope({ events: { next: (event) => void events.push(event) } });
      const running = new Subject<void>();
      const done = scope.cleanup(subject, running);
      expect(running.observed).toBe(true);
      running.complete();
      expect(await done).toBe(true);
      expect(await scope.cleanup(subject, throwError(() => new Error("no")))).toBe(false);
      expect(events).toMatchObject([{ type: "cleanup-failed", subject, error: { code: "network" } }]);
    });
  });

  describe("close", () => {
    it("waits for clean-ups, also those that ending the work starts and those that other clean-ups start", async () => {
      const scope = createScope();
      const [first, second] = [new Subject<void>(), new Subject<void>()];
      scope
        .guard(
          new Observable<never>(() => () => {
            void scope.cleanup(subject, first).then(() => scope.cleanup(subject, second));
          }),
        )
        .subscribe({ error: () => undefined });
      let isClosed = false;
      const closing = scope.close().then(() => (isClosed = true));
      await vi.advanceTimersByTimeAsync(1000);
      expect(first.observed).toBe(true);
      first.complete();
      await vi.advanceTimersByTimeAsync(1000);
      expect(second.observed).toBe(true);
      expect(isClosed).toBe(false);
      second.complete();
      await closing;
    });

    it("waits at most 15 s, then ends the rest and reports it", async () => {
      const events: ClientEvent[] = [];
      const scope = createScope({ events: { next: (event) => void events.push(event) } });
      const hanging = new Subject<void>();
      const done = scope.cleanup(subject, hanging);
      const closing = scope.close();
      await vi.advanceTimersByTimeAsync(14_999);
      expect(events).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      await closing;
      expect(await done).toBe(false);
      expect(hanging.observed).toBe(false);
      expect(events).toMatchObject([{ type: "cleanup-failed", subject, error: { code: "timeout" } }]);
    });

    it("is idempotent, also from within", async () => {
      const scope = createScope();
      let inner: Promise<void> | undefined;
      scope.guard(NEVER).subscribe({ error: () => (inner = scope.close()) });
      const closing = scope.close();
      expect(inner).toBe(closing);
      expect(scope.close()).toBe(closing);
      await closing;
    });

    it("aborts drains and refuses further ones", async () => {
      const scope = createScope();
      const [before, after] = [drainable(), drainable()];
      scope.drain(before.body);
      await scope.close();
      scope.drain(after.body);
      expect([before.state.subscription.closed, after.state.subscription.closed]).toEqual([true, true]);
    });
  });

  describe("drain", () => {
    it("detaches the body and lets it end by itself", () => {
      const { state, body } = drainable();
      createScope().drain(body);
      vi.advanceTimersByTime(1000);
      expect(state).toMatchObject({ detached: 1 });
      expect(state.subscription.closed).toBe(false);
      state.subscription.unsubscribe();
    });

    it("aborts it after 2 s, and when more than 256 KiB came", () => {
      const scope = createScope();
      const [slow, loud] = [drainable(), drainable()];
      scope.drain(slow.body);
      scope.drain(loud.body);
      loud.state.received = 256 * 1024 + 1;
      vi.advanceTimersByTime(100);
      expect([slow.state.subscription.closed, loud.state.subscription.closed]).toEqual([false, true]);
      vi.advanceTimersByTime(1900);
      expect(slow.state.subscription.closed).toBe(true);
    });

    it("takes four at a time, aborts a fifth at once, and has room again when one ends", () => {
      const scope = createScope();
      const bodies = Array.from({ length: 6 }, drainable);
      for (const { body } of bodies.slice(0, 5)) scope.drain(body);
      expect(bodies.map(({ state }) => state.subscription.closed)).toEqual([false, false, false, false, true, false]);
      bodies[0]?.state.subscription.unsubscribe();
      scope.drain(bodies[5]?.body as DrainableBody);
      expect(bodies[5]?.state).toMatchObject({ detached: 1 });
      vi.advanceTimersByTime(2000);
    });

    it("leaves a body alone that has ended", () => {
      const { state, body } = drainable();
      state.subscription.unsubscribe();
      createScope().drain(body);
      expect(state.detached).toBe(0);
    });
  });
});
