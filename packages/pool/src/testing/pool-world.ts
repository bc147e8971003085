import { firstValueFrom, lastValueFrom, tap, type Observable } from "rxjs";
import { vi } from "vitest";
import type { Sandbox } from "@rxsandbox/client";
import { createPool } from "../create-pool.js";
import type { Pool, PoolEvent, PoolOptions } from "../pool.js";
import { FakePlane } from "./fake-plane.js";

/** A pool on a server in memory, and what it has told. Needs fake timers. */
export function poolWorld(options: Partial<PoolOptions> = {}, plane = new FakePlane()) {
  const pool = createPool(plane, { name: "p", target: 2, create: { image: "i", timeoutSeconds: 120 }, ...options });
  const events: PoolEvent[] = [];
  void lastValueFrom(pool.events.pipe(tap((event) => events.push(event))), { defaultValue: undefined });
  const eventsOf = <T extends PoolEvent["type"]>(type: T) =>
    events.filter((event): event is Extract<PoolEvent, { type: T }> => event.type === type);
  return { plane, pool, events, eventsOf };
}

/** Lets time pass. */
export async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

/** What came of an acquire so far. */
export interface SeenAcquire {
  sandbox?: Sandbox;
  error?: unknown;
  leave(): void;
}

/** Subscribes, and lets so many seconds pass. */
export async function acquire(pool: Pool, seconds: number): Promise<SeenAcquire> {
  const seen = startAcquire(pool);
  await pass(seconds);
  return seen;
}

/** Subscribes. */
export function startAcquire(pool: Pool): SeenAcquire {
  const seen: SeenAcquire = { leave: () => subscription.unsubscribe() };
  const subscription = pool.acquire().subscribe({
    next: (sandbox) => (seen.sandbox = sandbox),
    error: (error: unknown) => (seen.error = error),
  });
  return seen;
}

/** Starts the pool and lets it fill itself for five seconds. */
export async function warmUp(pool: Pool): Promise<void> {
  await Promise.race([firstValueFrom(pool.start()), pass(5)]);
  await pass(5);
}

/** Subscribes, lets a moment pass, and gives the value. */
export async function done<T>(work: Observable<T>): Promise<T> {
  const [value] = await Promise.all([firstValueFrom(work), pass(0.1)]);
  return value;
}
