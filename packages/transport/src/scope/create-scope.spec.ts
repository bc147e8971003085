import { NEVER, Observable, Subject, Subscription, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SandboxGoneError } from "../errors/sandbox-gone-error.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { CleanupSubject, DrainableBody } from "../ports/scope.js";
import { createScope } from "./create-scope.js";

const subject: CleanupSubject = { kind: "sandbox", id: "s" };

function drainable(isQuiet = true) {
  const state = { detached: 0, received: 0, subscription: new Subscription() };
  const body: DrainableBody = {
    subscription: state.subscription,
    isQuiet,
    detach: () => void (state.detached += 1),
    bytes: () => state.received,
  };
  return { state, body };
}

const areClosed = (bodies: readonly ReturnType<typeof drainable>[]): readonly boolean[] =>
  bodies.map(({ state }) => state.subscription.closed);

describe("createScope", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  describe("guard", () => {
    it("passes work through and forgets it at its end", () => {
      const seen: unknown[] = [];
      createScope()
        .guard(of(1, 2))
        .subscribe({ next: (value) => seen.push(value), complete: () => seen.push("complete") });
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
      expect(
        await scope.cleanup(
          subject,
          throwError(() => new Error("no")),
        ),
      ).toBe(false);
      expect(events).toMatchObject([{ type: "cleanup-failed", subject, error: { code: "network" } }]);
    });

    it("has succeeded in a sandbox that is gone", async () => {
      const events: ClientEvent[] = [];
      const scope = createScope({ events: { next: (event) => void events.push(event) } });
      const gone = new SandboxGoneError("m", { sandboxId: "s", state: undefined });
      expect(
        await scope.cleanup(
          { kind: "command", id: "c" },
          throwError(() => gone),
        ),
      ).toBe(true);
      expect(events).toEqual([]);
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

    it("aborts quiet drains at once, waits for the others, and refuses further ones", async () => {
      const scope = createScope();
      const [quiet, busy, late, after] = [drainable(), drainable(false), drainable(false), drainable(false)];
      scope.drain(quiet.body);
      scope.drain(busy.body);
      let isClosed = false;
      const closing = scope.close().then(() => (isClosed = true));
      await vi.advanceTimersByTimeAsync(0);
      scope.drain(late.body);
      expect(areClosed([quiet, busy, late])).toEqual([true, false, false]);
      busy.state.subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(1000);
      expect(isClosed).toBe(false);
      late.state.subscription.unsubscribe();
      await closing;
      scope.drain(after.body);
      expect(areClosed([after])).toEqual([true]);
    });

    it("waits for a body that does not end until its bound is reached, with a timer that keeps the process alive", async () => {
      const scope = createScope();
      const endless = drainable(false);
      scope.drain(endless.body);
      let isClosed = false;
      const closing = scope.close().then(() => (isClosed = true));
      await vi.advanceTimersByTimeAsync(5900);
      expect([isClosed, ...areClosed([endless])]).toEqual([false, false]);
      await vi.advanceTimersByTimeAsync(100);
      expect(areClosed([endless])).toEqual([true]);
      await closing;
    });

    it("takes over what ending the work leaves behind", async () => {
      const scope = createScope();
      const left = drainable(false);
      scope.guard(new Observable<never>(() => () => scope.drain(left.body))).subscribe({ error: () => undefined });
      const closing = scope.close();
      await vi.advanceTimersByTimeAsync(100);
      expect(areClosed([left])).toEqual([false]);
      left.state.subscription.unsubscribe();
      await closing;
    });
  });

  describe("drain", () => {
    it("lets a body end by itself; a quiet one does not keep the process alive meanwhile", () => {
      const scope = createScope();
      const [quiet, busy] = [drainable(), drainable(false)];
      for (const { body } of [quiet, busy]) scope.drain(body);
      vi.advanceTimersByTime(5000);
      expect([quiet.state.detached, busy.state.detached]).toEqual([1, 0]);
      expect(areClosed([quiet, busy])).toEqual([false, false]);
      for (const { state } of [quiet, busy]) state.subscription.unsubscribe();
    });

    it("aborts it after 6 s, and when more than 64 MiB came", () => {
      const scope = createScope();
      const [slow, loud] = [drainable(false), drainable(false)];
      scope.drain(slow.body);
      scope.drain(loud.body);
      loud.state.received = 64 * 1024 * 1024 + 1;
      vi.advanceTimersByTime(100);
      expect(areClosed([slow, loud])).toEqual([false, true]);
      vi.advanceTimersByTime(5900);
      expect(areClosed([slow])).toEqual([true]);
    });

    it("does what comes before the abort of a body that still flows, for at most 2 s", () => {
      const scope = createScope();
      const [done, hanging, failed] = [new Subject<void>(), new Subject<void>(), new Subject<void>()];
      const bodies = [done, hanging, failed].map((beforeAbort) => ({ ...drainable(false), beforeAbort }));
      for (const { body, beforeAbort } of bodies) scope.drain({ ...body, beforeAbort });
      vi.advanceTimersByTime(5940);
      expect(hanging.observed).toBe(false);
      for (const { state } of bodies) state.received = 1;
      vi.advanceTimersByTime(60);
      expect([hanging.observed, ...areClosed(bodies)]).toEqual([true, false, false, false]);
      done.complete();
      failed.error(new Error("no"));
      expect(areClosed(bodies)).toEqual([true, false, true]);
      vi.advanceTimersByTime(2000);
      expect([hanging.observed, ...areClosed(bodies)]).toEqual([false, true, true, true]);
    });

    it("does nothing before it aborts a body that does not flow any more", () => {
      const scope = createScope();
      const silent = drainable(false);
      const beforeAbort = new Subject<void>();
      scope.drain({ ...silent.body, beforeAbort });
      silent.state.received = 1000;
      vi.advanceTimersByTime(6000);
      expect(areClosed([silent])).toEqual([true]);
    });

    it("takes four quiet bodies at a time, aborts a fifth at once, and has room again when one ends", () => {
      const scope = createScope();
      const bodies = Array.from({ length: 6 }, () => drainable());
      for (const { body } of bodies.slice(0, 5)) scope.drain(body);
      expect(areClosed(bodies)).toEqual([false, false, false, false, true, false]);
      // A detached response is closed at once by an abort.
      expect(bodies[4]?.state.detached).toBe(1);
      bodies[0]?.state.subscription.unsubscribe();
      scope.drain(bodies[5]!.body);
      expect(areClosed(bodies)).toEqual([true, false, false, false, true, false]);
      vi.advanceTimersByTime(6000);
    });

    it("aborts no body that is still written to while there are at most 128 of them, then the oldest", () => {
      const scope = createScope();
      const [quiet, busy] = [
        Array.from({ length: 9 }, () => drainable()),
        Array.from({ length: 129 }, () => drainable(false)),
      ];
      for (const { body } of busy.slice(0, 128)) scope.drain(body);
      for (const { body } of quiet) scope.drain(body);
      expect(areClosed(busy)).not.toContain(true);
      scope.drain(busy[128]!.body);
      expect(areClosed(busy).indexOf(true)).toBe(0);
      expect(areClosed(busy).lastIndexOf(true)).toBe(0);
      vi.advanceTimersByTime(6000);
    });

    it("keeps within few connections, quiet bodies first", () => {
      const scope = createScope({ maxDrains: 2 });
      const [quiet, busy] = [
        [drainable(), drainable(), drainable()],
        [drainable(false), drainable(false), drainable(false)],
      ];
      for (const { body } of quiet) scope.drain(body);
      expect(areClosed(quiet)).toEqual([false, false, true]);
      scope.drain(busy[0]!.body);
      expect([...areClosed(quiet), ...areClosed(busy)]).toEqual([false, true, true, false, false, false]);
      scope.drain(busy[1]!.body);
      scope.drain(busy[2]!.body);
      expect([...areClosed(quiet), ...areClosed(busy)]).toEqual([true, true, true, true, false, false]);
      vi.advanceTimersByTime(6000);
    });

    it("leaves a body alone that has ended", () => {
      const { state, body } = drainable();
      state.subscription.unsubscribe();
      createScope().drain(body);
      expect(state.detached).toBe(0);
    });
  });
});
