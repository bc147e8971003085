import fc from "fast-check";
import { concat, ignoreElements, of, switchMap, take, tap, timer, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest } from "@rxsandbox/transport";
import { createLifecycle } from "../lifecycle.js";
import { fakeApi, fakeScope, lost, refusal, wireSandbox } from "../testing/fake-api.js";

/** How one scripted server behaves. Times in ms. */
interface Script {
  readonly createMs: number;
  readonly answerMs: number;
  /** What happens to the create's answer; the sandbox exists in all cases but `refused` and `unsent`. */
  readonly create: "answered" | "lost" | "garbled" | "gateway" | "refused" | "unsent";
  readonly pings: readonly ("ok" | "down" | "silent")[];
  readonly pingMs: number;
  readonly state: "Running" | "Pending" | "Failed";
  readonly killMs: number;
  /** When the subscriber leaves; after that many ms, or in the middle of the value with that number. */
  readonly leave: { readonly afterMs: number } | { readonly atValue: number } | "never";
}

const ms = fc.integer({ min: 0, max: 3000 });
const script: fc.Arbitrary<Script> = fc.record({
  createMs: ms,
  answerMs: ms,
  create: fc.oneof(
    { weight: 4, arbitrary: fc.constant("answered" as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        "lost" as const,
        "garbled" as const,
        "gateway" as const,
        "refused" as const,
        "unsent" as const,
      ),
    },
  ),
  pings: fc.array(fc.constantFrom("ok" as const, "down" as const, "silent" as const), { maxLength: 4 }),
  pingMs: ms,
  state: fc.constantFrom("Running", "Running", "Pending", "Failed"),
  killMs: ms,
  leave: fc.oneof(
    fc.record({ afterMs: fc.integer({ min: 0, max: 12_000 }) }),
    fc.record({ atValue: fc.integer({ min: 1, max: 6 }) }),
    fc.constant("never" as const),
  ),
});

/** A server that keeps what was created until it is deleted, whoever listens. */
function serve({ createMs, answerMs, create, pings, pingMs, state, killMs }: Script) {
  const alive = new Map<string, string>();
  let created = 0;
  const afterwards = <T>(delayMs: number, work: () => Observable<T>) => timer(delayMs).pipe(switchMap(work));
  const control = fakeApi((request: ApiRequest) => {
    const id = request.path.split("/")[2] ?? "";
    if (request.method === "POST") {
      if (create === "unsent") return lost(false);
      if (create === "refused")
        return afterwards(createMs, () => refusal(400, "SANDBOX::INVALID_PARAMETER", "invalid-request"));
      created += 1;
      const mine = `s${created}`;
      const label = (request.json as { metadata: Record<string, string> }).metadata["rxsandbox.dev/create-id"] ?? "";
      // The server goes on whether or not the client still listens.
      setTimeout(() => alive.set(mine, label), createMs);
      const answers = {
        answered: () => of(wireSandbox(mine)),
        lost: () => lost(),
        garbled: () => of({}),
        gateway: () => refusal(502),
      };
      return afterwards(createMs + answerMs, answers[create]);
    }
    if (request.method === "DELETE") {
      return afterwards(killMs, () =>
        alive.delete(id) ? of(undefined) : refusal(404, "DOCKER::SANDBOX_NOT_FOUND", "not-found"),
      );
    }
    if (request.path.includes("/endpoints/")) return of({ endpoint: "h:1" });
    if (id !== "") return of(wireSandbox(id, state));
    const wanted = decodeURIComponent(String(request.query?.["metadata"])).split("=")[1];
    const items = [...alive].filter(([, label]) => label === wanted).map(([found]) => wireSandbox(found));
    return of({
      items,
      pagination: { page: 1, pageSize: 200, totalItems: items.length, totalPages: 1, hasNextPage: false },
    });
  });
  let nth = 0;
  const execd = fakeApi(() => {
    const answer = pings[nth++] ?? "ok";
    if (answer === "silent") return concat(timer(2000).pipe(ignoreElements()), lost());
    return afterwards(pingMs, () => (answer === "ok" ? of(undefined) : refusal(502)));
  });
  return { alive, control, execd };
}

describe("provision", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it("for any server and any moment of leaving, sends one create at most, leaves a sandbox only to who received it, and kills no other", async () => {
    const ends = { ready: 0, left: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(script, async (behaviour) => {
        const server = serve(behaviour);
        const scope = fakeScope();
        const lifecycle = createLifecycle({
          api: server.control,
          scope,
          sandboxApi: () => server.execd,
          controlPlane: { origin: "http://cp", apiKey: "k" },
          onSecret: () => undefined,
        });
        let received: string | undefined;
        let isLeft = false;
        let didFail = false;
        const { leave } = behaviour;
        const limit = typeof leave === "object" && "atValue" in leave ? leave.atValue : Infinity;
        const subscription = lifecycle
          .provision({ image: "i", readyTimeoutSeconds: 5 })
          .pipe(take(limit))
          .subscribe({
            next: (progress) => {
              expect(isLeft).toBe(false);
              if (progress.phase === "ready") received = progress.info.id;
            },
            error: () => {
              didFail = true;
            },
          });
        if (typeof leave === "object" && "afterMs" in leave) {
          setTimeout(() => {
            isLeft = true;
            subscription.unsubscribe();
          }, leave.afterMs);
        }
        await vi.advanceTimersByTimeAsync(120_000);
        ends[received !== undefined ? "ready" : didFail ? "failed" : "left"] += 1;

        expect([...server.alive.keys()]).toEqual(received === undefined ? [] : [received]);
        const posts = server.control.asked.filter((call) => call.startsWith("POST"));
        const deletes = server.control.asked.filter((call) => call.startsWith("DELETE"));
        expect(posts.length).toBeLessThanOrEqual(1);
        if (received !== undefined) expect(deletes).toEqual([]);
        else expect(deletes.length).toBeLessThanOrEqual(1);
        if (posts.length === 0 || behaviour.create === "refused" || behaviour.create === "unsent") {
          expect(deletes).toEqual([]);
          expect(server.control.asked.filter((call) => call === "GET /sandboxes")).toEqual([]);
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 1000 },
    );
    // The generator reaches every kind of end.
    expect(Math.min(ends.ready, ends.left, ends.failed)).toBeGreaterThan(20);
  }, 60_000);

  it("sends nothing when it is left at the first value", () => {
    const server = serve({
      createMs: 0,
      answerMs: 0,
      create: "answered",
      pings: [],
      pingMs: 0,
      state: "Running",
      killMs: 0,
      leave: "never",
    });
    const lifecycle = createLifecycle({
      api: server.control,
      scope: fakeScope(),
      sandboxApi: () => server.execd,
      controlPlane: { origin: "http://cp", apiKey: "k" },
    });
    const seen: string[] = [];
    lifecycle
      .provision({ image: "i" })
      .pipe(
        take(1),
        tap(({ phase }) => seen.push(phase)),
      )
      .subscribe();
    vi.runAllTimers();
    expect(seen).toEqual(["creating"]);
    expect(server.control.asked).toEqual([]);
  });

  it("does nothing before subscribe and everything once more per subscription", () => {
    const server = serve({
      createMs: 0,
      answerMs: 0,
      create: "answered",
      pings: [],
      pingMs: 0,
      state: "Running",
      killMs: 0,
      leave: "never",
    });
    const lifecycle = createLifecycle({
      api: server.control,
      scope: fakeScope(),
      sandboxApi: () => server.execd,
      controlPlane: { origin: "http://cp", apiKey: "k" },
    });
    const create = lifecycle.create({ image: "i" });
    vi.runAllTimers();
    expect(server.control.asked).toEqual([]);
    create.subscribe();
    create.subscribe();
    vi.runAllTimers();
    expect(server.alive.size).toBe(2);
    expect(new Set(server.alive.values()).size).toBe(2);
  });
});
