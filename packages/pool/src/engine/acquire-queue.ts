import { toSandboxError, startLongTimer } from "@rxsandbox/transport";
import type { SandboxError } from "@rxsandbox/client";
import type { Grant } from "../store/pool-store.js";
import { OWNER_TTL_MS, type PoolKeeper } from "./pool-keeper.js";
import type { PoolConnection } from "./pool-connection.js";

/** Requests of a process that was silent for so long do not hold up those behind them. */
const WAITER_TTL_MS = 5_000;
/** How often those who wait ask when no hint comes. */
const POLL_MS = 1_000;

/** One acquire that asks the store. */
export interface QueuedRequest {
  readonly id: string;
  readonly isWaiting: boolean;
  readonly place: number | undefined;
  readonly onGrant: (grant: Grant) => void;
  /** None is idle, and it does not wait. */
  readonly onEmpty: () => void;
  /** The store failed. One that waits goes on waiting. */
  readonly onError: (error: SandboxError) => void;
}

/** Asks the store for all acquires of this process at once, one call at a time. */
export class AcquireQueue {
  private readonly context: PoolConnection;
  private readonly keeper: PoolKeeper;
  /** In the order in which they came. */
  private readonly pending = new Map<string, QueuedRequest>();
  private readonly places = new Map<string, number>();
  /** Asked for by the call under way. */
  private asked: ReadonlySet<string> = new Set();
  private round: Promise<void> | undefined;
  private isAgain = false;
  private cancelTimer: () => void = () => undefined;

  constructor(context: PoolConnection, keeper: PoolKeeper) {
    this.context = context;
    this.keeper = keeper;
  }

  /** Adds a request; returns what takes it back. */
  add(request: QueuedRequest): () => void {
    this.pending.set(request.id, request);
    this.pump();
    return () => {
      if (!this.remove(request.id)) return;
      // While a call is under way its answer decides what there is to take back.
      if (!this.asked.has(request.id)) this.keeper.abandon(request.id);
    };
  }

  /** Asks now, or once more after the call under way. */
  pump(): void {
    this.isAgain = true;
    this.round ??= this.rounds().finally(() => {
      this.round = undefined;
      // Asked for after the last look.
      if (this.isAgain && this.pending.size > 0) this.pump();
    });
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    this.cancelTimer();
    await this.round;
  }

  private async rounds(): Promise<void> {
    // Requests of the same turn share a call.
    await Promise.resolve();
    this.cancelTimer();
    while (this.isAgain && this.pending.size > 0) {
      this.isAgain = false;
      await this.ask([...this.pending.values()]);
    }
    if (this.pending.size > 0 && !this.context.isClosed()) {
      this.cancelTimer = startLongTimer(Math.min(POLL_MS * (0.8 + Math.random() * 0.4), 2 * POLL_MS), () =>
        this.pump(),
      );
    }
  }

  private async ask(requests: readonly QueuedRequest[]): Promise<void> {
    this.asked = new Set(requests.map(({ id }) => id));
    try {
      const { grants, places } = await this.context.store.take({
        owner: this.context.owner,
        ownerTtlMs: OWNER_TTL_MS,
        waiterTtlMs: WAITER_TTL_MS,
        requests: requests.map(({ id, isWaiting, place }) => ({
          id,
          isWaiting,
          place: this.places.get(id) ?? place,
        })),
      });
      this.asked = new Set();
      const granted = new Map(grants.map((grant) => [grant.requestId, grant]));
      for (const request of requests) this.settle(request, granted.get(request.id), places[request.id]);
    } catch (thrown) {
      this.asked = new Set();
      const error = toSandboxError(thrown, { what: `Acquire from pool ${this.context.options.name}` });
      for (const request of requests) this.settleFailed(request, error);
    }
  }

  private settle(request: QueuedRequest, grant: Grant | undefined, place: number | undefined): void {
    const { id } = request;
    if (grant === undefined && request.isWaiting && this.pending.has(id)) {
      if (place !== undefined) this.places.set(id, place);
      return;
    }
    const isWanted = this.remove(id);
    if (grant === undefined) {
      if (isWanted) request.onEmpty();
      else if (request.isWaiting) this.keeper.abandon(id);
    } else if (isWanted) request.onGrant(grant);
    else this.keeper.abandon(id);
  }

  /** Whether the store took the step is unknown. */
  private settleFailed(request: QueuedRequest, error: SandboxError): void {
    if (request.isWaiting && this.pending.has(request.id)) return request.onError(error);
    const isWanted = this.remove(request.id);
    this.keeper.abandon(request.id);
    if (isWanted) request.onError(error);
  }

  private remove(id: string): boolean {
    this.places.delete(id);
    return this.pending.delete(id);
  }
}
