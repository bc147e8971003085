import { ReplaySubject, take, type Observable, type Subscription } from "rxjs";
import type { Sandbox } from "@rxsandbox/client";
import { startLongTimer } from "@rxsandbox/transport";
import type { Hold, PoolCounts, ReconcileAnswer } from "../store/pool-store.js";
import { PrepareFailure, makeSandbox } from "./make-sandbox.js";
import { idleLifeSeconds, type PoolConnection } from "./pool-connection.js";
import { untilAnswered } from "./store-calls.js";

/** What belongs to a process is forgotten when it was silent for so long. */
export const OWNER_TTL_MS = 30_000;
/** How often a process compares the pool with its target when nothing happens. */
const ROUND_MS = 2_000;
/** What happens within so long shares one round. */
const KICK_MS = 20;
const FIRST_BACKOFF_MS = 1_000;
/** A store that is back is found before the process counts as silent. */
const MAX_BACKOFF_MS = { create: 60_000, store: 5_000 };

/** Keeps the pool at its target: creates what is missing, kills what is too old, and tells the store what has ended. */
export class PoolKeeper {
  /** Emits when the pool is at its target for the first time, and to those who come later. */
  readonly warm: Observable<void>;
  private readonly warmed = new ReplaySubject<void>(1);
  private readonly context: PoolConnection;
  /** Slot to the create in it. */
  private readonly creating = new Map<string, Subscription | undefined>();
  private readonly abandoned = new Set<string>();
  private readonly discarded = new Map<string, Hold>();
  private readonly troubles: Readonly<Record<"create" | "store", Trouble>> = {
    create: newTrouble(),
    store: newTrouble(),
  };
  private target: number;
  private isTargetSet = false;
  private isStarted = false;
  private isStopped = false;
  private isWarm = false;
  private isKicked = false;
  private round: Promise<void> | undefined;
  private counts: PoolCounts | undefined;
  private cancelTimer: () => void = () => undefined;

  constructor(context: PoolConnection) {
    this.context = context;
    this.warm = this.warmed.pipe(take(1));
    this.target = context.options.target;
  }

  start(): void {
    this.isStarted = true;
    this.kick();
  }

  async resize(target: number): Promise<void> {
    this.target = target;
    this.isTargetSet = false;
    await this.sendTarget();
    this.kick();
  }

  /** Runs a round soon. */
  kick(): void {
    if (!this.isStarted || this.isStopped || this.isKicked) return;
    this.isKicked = true;
    if (this.round === undefined) this.arm(this.kickMs());
  }

  /** Nobody waits for the request any more; what the store hands out to it is idle again. */
  abandon(requestId: string): void {
    this.abandoned.add(requestId);
    this.kick();
  }

  /** A hand-out has ended. */
  discard(hold: Hold): void {
    this.discarded.set(hold.token, hold);
    this.kick();
  }

  /** Ends the creates and leaves the store. */
  async stop(isDraining: boolean): Promise<void> {
    this.isStopped = true;
    this.cancelTimer();
    for (const create of this.creating.values()) create?.unsubscribe();
    await this.round;
    try {
      const { owner, store } = this.context;
      const { evicted } = await store.leave({ owner, abandoned: [...this.abandoned], isDraining });
      this.killAll(evicted);
    } catch (thrown) {
      // The store forgets this process by itself after OWNER_TTL_MS.
      this.failed("store", thrown);
    }
  }

  private arm(delayMs: number): void {
    this.cancelTimer();
    this.cancelTimer = startLongTimer(Math.max(delayMs, 0), () => {
      this.round = this.reconcile().finally(() => {
        this.round = undefined;
        if (!this.isStopped) this.arm(this.isKicked ? this.kickMs() : this.pauseMs());
      });
    });
  }

  private async reconcile(): Promise<void> {
    this.isKicked = false;
    const abandoned = [...this.abandoned];
    const discarded = [...this.discarded.values()];
    try {
      if (!this.isTargetSet) await this.sendTarget();
      const answer = await this.context.store.reconcile({
        owner: this.context.owner,
        ownerTtlMs: OWNER_TTL_MS,
        maxIdleMs: this.context.options.maxIdleSeconds * 1000,
        slots: [...this.creating.keys()],
        wanted: this.wantedSlots(),
        abandoned,
        discarded,
      });
      for (const id of abandoned) this.abandoned.delete(id);
      for (const { token } of discarded) this.discarded.delete(token);
      this.recovered("store");
      this.apply(answer);
    } catch (thrown) {
      this.failed("store", thrown);
    }
  }

  private async sendTarget(): Promise<void> {
    const { target } = this;
    await this.context.store.setTarget(target);
    if (target === this.target) this.isTargetSet = true;
  }

  private apply({ slots, evicted, ...counts }: ReconcileAnswer): void {
    this.killAll(evicted);
    const isChanged = (Object.keys(counts) as (keyof PoolCounts)[]).some(
      (name) => this.counts?.[name] !== counts[name],
    );
    this.counts = counts;
    if (isChanged) this.context.emit({ type: "counts", ...counts });
    if (!this.isWarm && counts.idle >= counts.target) {
      this.isWarm = true;
      this.context.emit({ type: "warm" });
      this.warmed.next();
    }
    if (!this.isStopped) for (const slot of slots) this.fill(slot);
  }

  private killAll(sandboxIds: readonly string[]): void {
    for (const sandboxId of sandboxIds) {
      this.context.emit({ type: "evicted", sandboxId });
      void this.context.kills.kill(sandboxId);
    }
  }

  /** After failures one create shows whether they go on. */
  private wantedSlots(): readonly string[] {
    const { failures, untilMs } = this.troubles.create;
    if (performance.now() < untilMs) return [];
    const most = failures > 0 ? 1 : this.context.options.maxConcurrentCreates;
    return Array.from({ length: Math.max(0, most - this.creating.size) }, () => this.context.nextId());
  }

  private fill(slot: string): void {
    const startedMs = performance.now();
    this.creating.set(slot, undefined);
    const create = makeSandbox(this.context, idleLifeSeconds(this.context.options)).subscribe({
      next: (sandbox) => {
        this.context.emit({ type: "created", sandboxId: sandbox.id, durationMs: performance.now() - startedMs });
        this.recovered("create");
        void this.add(slot, sandbox).finally(() => this.freed(slot));
      },
      error: (thrown: unknown) => {
        const error = thrown instanceof PrepareFailure ? thrown.cause : thrown;
        this.context.emit(
          thrown instanceof PrepareFailure
            ? { type: "prepare-failed", sandboxId: thrown.sandboxId, error }
            : { type: "create-failed", error },
        );
        this.failed("create", error, startedMs);
        this.freed(slot);
      },
    });
    if (this.creating.has(slot)) this.creating.set(slot, create);
  }

  private async add(slot: string, { id: sandboxId }: Sandbox): Promise<void> {
    try {
      const { answer, isDoubtful } = await untilAnswered(
        () => this.context.store.add({ slot, sandboxId, isReserved: true }),
        () => this.isStopped,
      );
      // After a doubtful try somebody may use it already: then its expiry ends it.
      if (answer === "full" || (answer === "unknown" && !isDoubtful)) this.killAll([sandboxId]);
    } catch (thrown) {
      this.failed("store", thrown);
    }
  }

  private freed(slot: string): void {
    this.creating.delete(slot);
    this.kick();
  }

  private failed(what: "create" | "store", error: unknown, startedMs = performance.now()): void {
    const trouble = this.troubles[what];
    // Creates that ran at the same time fail for the same reason.
    if (startedMs < trouble.sinceMs) return;
    trouble.failures += 1;
    trouble.sinceMs = performance.now();
    const retryMs =
      Math.min(FIRST_BACKOFF_MS * 2 ** (trouble.failures - 1), MAX_BACKOFF_MS[what]) * (0.75 + Math.random() * 0.5);
    trouble.untilMs = trouble.sinceMs + retryMs;
    this.context.emit({ type: "degraded", what, error, retryMs });
  }

  private recovered(what: "create" | "store"): void {
    const trouble = this.troubles[what];
    if (trouble.failures === 0) return;
    Object.assign(trouble, newTrouble());
    this.context.emit({ type: "recovered", what });
  }

  private kickMs(): number {
    return Math.max(KICK_MS, this.troubles.store.untilMs - performance.now());
  }

  private pauseMs(): number {
    const untilStoreMs = this.troubles.store.untilMs - performance.now();
    if (untilStoreMs > 0) return untilStoreMs;
    const spreadMs = ROUND_MS * (0.8 + Math.random() * 0.4);
    const untilCreateMs = this.troubles.create.untilMs - performance.now();
    return untilCreateMs > 0 ? Math.min(untilCreateMs, spreadMs) : spreadMs;
  }
}

/** How long something has failed; `untilMs` is when it is tried again. */
interface Trouble {
  failures: number;
  sinceMs: number;
  untilMs: number;
}

function newTrouble(): Trouble {
  return { failures: 0, sinceMs: -Infinity, untilMs: -Infinity };
}
