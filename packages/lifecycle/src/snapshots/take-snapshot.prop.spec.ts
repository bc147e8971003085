import fc from "fast-check";
import { of, switchMap, take, timer, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createScope, type ApiRequest } from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { fakeApi, lost, refusal } from "../testing/fake-api.js";
import { createSnapshots } from "./snapshots.js";

/** How one scripted server behaves. Times in ms. */
interface Script {
  readonly acceptMs: number;
  readonly answerMs: number;
  /** What happens to the answer; the snapshot exists in all cases but `refused` and `unsent`. */
  readonly create: "answered" | "lost" | "refused" | "unsent";
  /** From the acceptance until the end of the work. */
  readonly workMs: number;
  readonly end: "Ready" | "Failed";
  readonly readMs: number;
  readonly deleteMs: number;
  readonly leave: { readonly afterMs: number } | { readonly atValue: number } | "never";
}

const ms = fc.integer({ min: 0, max: 3000 });
const script: fc.Arbitrary<Script> = fc.record({
  acceptMs: ms,
  answerMs: ms,
  create: fc.constantFrom("answered", "answered", "answered", "lost", "refused", "unsent"),
  workMs: fc.oneof(ms, fc.integer({ min: 0, max: 40_000 })),
  end: fc.constantFrom("Ready", "Ready", "Failed"),
  readMs: ms,
  deleteMs: ms,
  leave: fc.oneof(
    fc.record({ afterMs: fc.integer({ min: 0, max: 12_000 }) }),
    fc.record({ atValue: fc.integer({ min: 1, max: 3 }) }),
    fc.constant("never" as const),
  ),
});

/**
 * A server that keeps what was accepted until it is deleted, whoever listens, and refuses to delete what it is still
 * creating.
 */
function serve({ acceptMs, answerMs, create, workMs, end, readMs, deleteMs }: Script) {
  const alive = new Map<string, string>();
  const wire = (id: string) => ({
    id,
    sandboxId: "s",
    status: { state: alive.get(id) },
    createdAt: "2026-11-23T08:05:39Z",
  });
  const afterwards = <T>(delayMs: number, work: () => Observable<T>) => timer(delayMs).pipe(switchMap(work));
  let created = 0;
  const api = fakeApi((request: ApiRequest) => {
    const id = request.path.split("/")[2] ?? "";
    if (request.method === "POST") {
      if (create === "unsent") return lost(false);
      if (create === "refused")
        return afterwards(acceptMs, () => refusal(409, "SNAPSHOT::INVALID_SOURCE_STATE", "invalid-state"));
      const mine = `n${(created += 1)}`;
      setTimeout(() => {
        alive.set(mine, "Creating");
        setTimeout(() => alive.set(mine, end), workMs);
      }, acceptMs);
      return afterwards(acceptMs + answerMs, () =>
        create === "lost" ? lost() : of({ ...wire(mine), status: { state: "Creating" } }),
      );
    }
    if (request.method === "GET") return afterwards(readMs, () => of(wire(id)));
    return afterwards(deleteMs, () => {
      if (alive.get(id) === "Creating") return refusal(409, "SNAPSHOT::INVALID_STATE", "invalid-state");
      return alive.delete(id) ? of(undefined) : refusal(404, "SNAPSHOT::NOT_FOUND", "not-found");
    });
  });
  return { alive, api };
}

/** A scope that remembers which clean-ups failed. */
function scope() {
  const failed: string[] = [];
  return {
    failed,
    isClosed: false,
    guard: <T>(work: Observable<T>) => work,
    cleanup: ({ id }: { readonly id: string }, work: Observable<unknown>) =>
      new Promise<boolean>((resolve) => {
        work.subscribe({
          error: () => {
            failed.push(id);
            resolve(false);
          },
          complete: () => resolve(true),
        });
      }),
    drain: () => undefined,
    close: () => Promise.resolve(),
  };
}

describe("createSnapshots", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  async function watch(verb: "create" | "take", behaviour: Script) {
    const server = serve(behaviour);
    const life = scope();
    const snapshots = createSnapshots(createConnection({ api: server.api, scope: life }));
    const states: string[] = [];
    let end = "left";
    const { leave } = behaviour;
    const limit = typeof leave === "object" && "atValue" in leave ? leave.atValue : Infinity;
    const subscription = snapshots[verb]("s")
      .pipe(take(limit))
      .subscribe({
        next: ({ status }) => states.push(status.state),
        error: () => (end = "failed"),
        complete: () => (end = "completed"),
      });
    if (typeof leave === "object" && "afterMs" in leave) setTimeout(() => subscription.unsubscribe(), leave.afterMs);
    await vi.advanceTimersByTimeAsync(180_000);
    return {
      ...server,
      states,
      end,
      failed: life.failed,
      deletes: server.api.asked.filter((call) => call.startsWith("DELETE")),
      posts: server.api.asked.filter((call) => call.startsWith("POST")),
    };
  }

  it("for any server and any moment of leaving take, leaves a snapshot only to who saw it Ready, or says that it may have", async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(script, async (behaviour) => {
        const { alive, states, end, failed, deletes, posts, api } = await watch("take", behaviour);
        const isMine = states.at(-1) === "Ready";
        const isCreated = behaviour.create === "answered" || behaviour.create === "lost";
        ends.set(`${end}${isMine}`, (ends.get(`${end}${isMine}`) ?? 0) + 1);
        expect(posts).toHaveLength(1);
        // Nobody but the subscriber or the events can know of one whose answer was lost.
        const isUnknown = behaviour.create === "lost";
        expect(alive.size).toBe(isMine || isUnknown ? 1 : 0);
        expect(failed).toEqual(isUnknown && end === "left" ? ["of sandbox s"] : []);
        if (isMine || !isCreated || isUnknown) expect(deletes).toEqual([]);
        else expect(deletes.length).toBeGreaterThan(0);
        if (states.length === 0) expect(api.asked.filter((call) => call.startsWith("GET"))).toEqual([]);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 1000 },
    );
    for (const kind of ["completedtrue", "completedfalse", "failedfalse", "leftfalse"])
      expect(ends.get(kind), kind).toBeGreaterThan(20);
  }, 60_000);

  it("for any server and any moment of leaving create, leaves a snapshot only to who received it", async () => {
    await fc.assert(
      fc.asyncProperty(script, async (behaviour) => {
        const { alive, states, end, failed, deletes, api } = await watch("create", behaviour);
        const isUnknown = behaviour.create === "lost";
        expect(alive.size).toBe(states.length === 1 || isUnknown ? 1 : 0);
        expect(failed).toEqual(isUnknown && end === "left" ? ["of sandbox s"] : []);
        if (states.length === 1) expect(api.asked).toEqual(["POST /sandboxes/s/snapshots"]);
        if (end === "left" && behaviour.create === "answered") expect(deletes.length).toBeGreaterThan(0);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  it("for any server and any moment of closing, leaves no snapshot that nobody was told of", async () => {
    const reached = { kept: 0, discarded: 0, reported: 0 };
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 0, max: 12_000 }), async (behaviour, closeMs) => {
        const server = serve({ ...behaviour, create: behaviour.create === "lost" ? "answered" : behaviour.create });
        const reported: string[] = [];
        const life = createScope({
          events: { next: (event) => void (event.type === "cleanup-failed" && reported.push(event.subject.id)) },
        });
        let ready: string | undefined;
        createSnapshots(createConnection({ api: server.api, scope: life }))
          .take("s")
          .subscribe({
            next: ({ id, status }) => void (status.state === "Ready" && (ready = id)),
            error: () => undefined,
          });
        setTimeout(() => void life.close(), closeMs);
        await vi.advanceTimersByTimeAsync(180_000);
        if (ready !== undefined) {
          reached.kept += 1;
          expect([...server.alive.keys()]).toEqual([ready]);
        } else if (server.alive.size > 0) {
          reached.reported += 1;
          expect(reported).toHaveLength(1);
        } else {
          reached.discarded += 1;
          // A delete that reached the server when the waiting was over: said to be left behind, and yet gone.
          expect(reported.length).toBeLessThanOrEqual(1);
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(reached.kept, reached.discarded, reached.reported)).toBeGreaterThan(10);
  }, 60_000);
});
