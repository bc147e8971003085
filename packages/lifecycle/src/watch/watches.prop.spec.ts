import fc from "fast-check";
import { defer, from, mergeMap, of, throwError, timer, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_PAGE_SIZE } from "@rxsandbox/protocol";
import { SandboxError, createScope, type SandboxErrorCode } from "@rxsandbox/transport";
import type { SandboxInfo } from "../info/sandbox-info.js";
import { changes } from "./sandbox-changes.js";
import { createWatches } from "./watches.js";

const info = (id: string, state = "Running", metadata: Readonly<Record<string, string>> = {}): SandboxInfo => ({
  id,
  status: { state },
  metadata,
  createdAt: new Date(0),
  expiresAt: null,
});
const failure = (code: SandboxErrorCode): Observable<never> => throwError(() => new SandboxError(code, "planted"));

/** A control plane in memory that counts its requests. */
function controlPlane(...sandboxes: SandboxInfo[]) {
  const alive = new Map(sandboxes.map((sandbox) => [sandbox.id, sandbox]));
  const asked: string[] = [];
  const plane = {
    alive,
    asked,
    /** Answers every request with this error while it is set. */
    fails: undefined as SandboxErrorCode | undefined,
    /** Left out of lists although they exist, as when pages move. */
    hidden: new Set<string>(),
    latencyMs: 0,
  };
  const answer = <T>(request: string, work: () => Observable<T>): Observable<T> =>
    defer(() => {
      asked.push(request);
      const { fails } = plane;
      return timer(plane.latencyMs).pipe(mergeMap(() => (fails === undefined ? work() : failure(fails))));
    });
  const watches = createWatches(
    { scope: createScope() },
    {
      getInfo: (id) => answer(`GET ${id}`, () => (alive.has(id) ? of(alive.get(id)!) : failure("not-found"))),
      listAll: ({ states = [], metadata = {} }) =>
        defer(() => {
          const pages = Math.max(1, Math.ceil(alive.size / MAX_PAGE_SIZE));
          for (let page = 1; page < pages; page += 1) asked.push(`LIST ${page}`);
          return answer(`LIST ${pages}`, () =>
            from(
              [...alive.values()].filter(
                (sandbox) =>
                  !plane.hidden.has(sandbox.id) &&
                  (states.length === 0 || states.includes(sandbox.status.state)) &&
                  Object.entries(metadata).every(([key, value]) => sandbox.metadata[key] === value),
              ),
            ),
          );
        }),
    },
  );
  return { plane, watches };
}

function observe<T>(source: Observable<T>) {
  const seen = { values: [] as T[], error: undefined as unknown, isComplete: false, stop: (): void => undefined };
  const subscription = source.subscribe({
    next: (value) => seen.values.push(value),
    error: (error: unknown) => (seen.error = error),
    complete: () => (seen.isComplete = true),
  });
  seen.stop = () => subscription.unsubscribe();
  return seen;
}

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("watch", () => {
  it("emits the info, each change, and the end", async () => {
    const { plane, watches } = controlPlane(info("a", "Pending"));
    const seen = observe(watches.watch("a"));
    await advance(20);
    expect(seen.values).toEqual([info("a", "Pending")]);
    plane.alive.set("a", info("a"));
    await advance(1500);
    await advance(60_000);
    expect(seen.values).toEqual([info("a", "Pending"), info("a")]);
    plane.alive.delete("a");
    await advance(6000);
    expect(seen.values.at(-1)).toEqual(info("a", "Terminated"));
    expect(seen.isComplete).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("errors for a sandbox that never was, and for what will not pass, and for nobody else", async () => {
    const { plane, watches } = controlPlane(info("a"));
    const unknown = observe(watches.watch("b"));
    const known = observe(watches.watch("a"));
    await advance(100);
    expect(unknown.error).toMatchObject({ code: "not-found" });
    expect(known.values).toEqual([info("a")]);
    plane.fails = "network";
    await advance(300_000);
    expect(known.error).toBeUndefined();
    plane.fails = "unauthorized";
    await advance(40_000);
    expect(known.error).toMatchObject({ code: "unauthorized" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes an absence from a list for no end", async () => {
    const { plane, watches } = controlPlane(info("a"), info("b"));
    const seen = [observe(watches.watch("a")), observe(watches.watch("b"))];
    await advance(100);
    plane.hidden.add("b");
    await advance(20_000);
    expect(seen.map(({ isComplete }) => isComplete)).toEqual([false, false]);
    plane.alive.delete("b");
    await advance(6000);
    expect(seen.map(({ isComplete }) => isComplete)).toEqual([false, true]);
    seen[0]!.stop();
  });

  it("asks once per page and look for a thousand watchers, and for each sandbox while they are fewer than pages", async () => {
    const all = Array.from({ length: 1000 }, (_, index) => info(`s${index}`));
    const { plane, watches } = controlPlane(...all);
    const many = all.flatMap(({ id }) => [observe(watches.watch(id)), observe(watches.watch(id))]);
    await advance(100);
    expect(plane.asked).toEqual(["LIST 1", "LIST 2", "LIST 3", "LIST 4", "LIST 5"]);
    expect(many.every(({ values }) => values.length === 1)).toBe(true);
    plane.asked.length = 0;
    await advance(60_000);
    // Calm: every 5 s, spread by 20 %.
    expect(plane.asked.length / 5).toBeLessThanOrEqual(20);
    expect(plane.asked.length / 5).toBeGreaterThanOrEqual(9);
    for (const watcher of many.slice(6)) watcher.stop();
    plane.asked.length = 0;
    await advance(10_000);
    expect(new Set(plane.asked)).toEqual(new Set(["GET s0", "GET s1", "GET s2"]));
    for (const watcher of many) watcher.stop();
    expect(vi.getTimerCount()).toBe(0);
    plane.asked.length = 0;
    await advance(60_000);
    expect(plane.asked).toEqual([]);
  });

  it("gives a watcher that comes during a look its first value soon", async () => {
    const { plane, watches } = controlPlane(info("a"), info("b"));
    plane.latencyMs = 100;
    const first = observe(watches.watch("a"));
    await advance(50);
    const second = observe(watches.watch("b"));
    await advance(600);
    expect([first.values.length, second.values.length]).toEqual([1, 1]);
    first.stop();
    second.stop();
  });
});

describe("watchAll", () => {
  it("emits the list after each change, with the same objects for what is the same", async () => {
    const { plane, watches } = controlPlane(info("a", "Running", { team: "x" }), info("b"));
    const seen = observe(watches.watchAll({ metadata: { team: "x" } }));
    const differences = observe(watches.watchAll({ metadata: { team: "x" } }).pipe(changes()));
    await advance(100);
    expect(seen.values).toEqual([[info("a", "Running", { team: "x" })]]);
    plane.alive.set("c", info("c", "Running", { team: "x" }));
    await advance(6000);
    expect(seen.values[1]!.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(seen.values[1]![0]).toBe(seen.values[0]![0]);
    plane.alive.set("a", info("a", "Paused", { team: "x" }));
    plane.alive.delete("c");
    await advance(6000);
    expect(differences.values).toEqual([
      { added: [info("a", "Running", { team: "x" })], changed: [], removed: [] },
      { added: [info("c", "Running", { team: "x" })], changed: [], removed: [] },
      { added: [], changed: [info("a", "Paused", { team: "x" })], removed: [info("c", "Running", { team: "x" })] },
    ]);
    seen.stop();
    differences.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps what a list hides, until it is gone or belongs there no more", async () => {
    const { plane, watches } = controlPlane(info("a"), info("b"), info("c"));
    const seen = observe(watches.watchAll({ states: ["Running"] }));
    await advance(100);
    plane.hidden.add("a");
    plane.hidden.add("b");
    await advance(20_000);
    expect(seen.values).toHaveLength(2);
    expect(seen.values[1]!.map(({ id }) => id).sort()).toEqual(["a", "b", "c"]);
    plane.alive.set("a", info("a", "Paused"));
    plane.alive.delete("b");
    await advance(6000);
    expect(seen.values.at(-1)).toEqual([info("c")]);
    seen.stop();
  });
});

describe("any watchers of any sandboxes", () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("set" as const),
      id,
      state: fc.constantFrom("Pending", "Running", "Paused", "Failed"),
    }),
    fc.record({
      kind: fc.constantFrom("kill" as const, "hide" as const, "show" as const, "watch" as const, "leave" as const),
      id,
    }),
    fc.record({
      kind: fc.constant("fail" as const),
      code: fc.constantFrom("network" as const, "server-error" as const),
    }),
    fc.record({ kind: fc.constantFrom("heal" as const, "watchAll" as const) }),
  );

  it("end up with the state of the server, told of every end, without a value twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.nat({ max: 8000 })), { maxLength: 30 }),
        fc.nat({ max: 700 }),
        async (steps, latencyMs) => {
          const { plane, watches } = controlPlane(info("a"), info("b"));
          plane.latencyMs = latencyMs;
          const one: { readonly id: string; readonly seen: ReturnType<typeof observe<SandboxInfo>> }[] = [];
          const all: ReturnType<typeof observe<readonly SandboxInfo[]>>[] = [];
          // A sandbox that is gone never comes back.
          const gone = new Set<string>();
          for (const [what, pauseMs] of steps) {
            if (what.kind === "set" && !gone.has(what.id)) plane.alive.set(what.id, info(what.id, what.state));
            else if (what.kind === "kill" && plane.alive.delete(what.id)) gone.add(what.id);
            else if (what.kind === "hide") plane.hidden.add(what.id);
            else if (what.kind === "show") plane.hidden.delete(what.id);
            else if (what.kind === "fail") plane.fails = what.code;
            else if (what.kind === "heal") plane.fails = undefined;
            else if (what.kind === "watch") one.push({ id: what.id, seen: observe(watches.watch(what.id)) });
            else if (what.kind === "watchAll") all.push(observe(watches.watchAll({})));
            else if (what.kind === "leave") one.find((watcher) => watcher.id === what.id)?.seen.stop();
            await advance(pauseMs);
          }
          const left = new Set(
            one.filter(({ id: of }) => steps.some(([what]) => what.kind === "leave" && what.id === of)),
          );
          plane.fails = undefined;
          plane.hidden.clear();
          await advance(60_000);
          for (const watcher of one) {
            const { values, isComplete, error } = watcher.seen;
            for (const [index, value] of values.entries()) expect(value).not.toEqual(values[index - 1]);
            if (left.has(watcher)) continue;
            const now = plane.alive.get(watcher.id);
            if (error !== undefined) {
              expect(error).toMatchObject({ code: "not-found" });
              expect(values).toEqual([]);
            } else if (now !== undefined) expect([values.at(-1), isComplete]).toEqual([now, false]);
            else expect([values.at(-1)?.status.state, isComplete]).toEqual(["Terminated", true]);
          }
          for (const { values, error } of all) {
            expect(error).toBeUndefined();
            const sorted = [...values.at(-1)!].sort((x, y) => (x.id < y.id ? -1 : 1));
            expect(sorted).toEqual([...plane.alive.values()].sort((x, y) => (x.id < y.id ? -1 : 1)));
          }
          for (const watcher of [...one.map(({ seen }) => seen), ...all]) watcher.stop();
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
