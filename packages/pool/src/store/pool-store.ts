import type { Observable } from "rxjs";

/**
 * What the processes of one pool share: which sandboxes are idle, which are handed out, who is creating some, and who
 * waits.
 *
 * Every call is one atomic step. A call whose answer was lost may be made again with the same argument: it then gives
 * the answer of the first one. An implementation must pass `storeCases` of `@rxsandbox/pool/store-tests`. Pools are
 * told apart by their name.
 */
export interface PoolStore {
  /**
   * Whether other processes may use the same pool. Idle sandboxes of a pool that nobody else can reach are killed when
   * it closes.
   */
  readonly isShared: boolean;
  /** Sets how many idle sandboxes the pool should have, for all processes. */
  setTarget(pool: string, target: number): Promise<void>;
  /** Shows that the owner is alive, takes back what it does not need, evicts, and reserves slots for creates. */
  reconcile(pool: string, request: ReconcileRequest): Promise<ReconcileAnswer>;
  /** Makes a created sandbox idle. */
  add(pool: string, request: AddRequest): Promise<AddAnswer>;
  /** Hands out idle sandboxes, first come first served, and remembers who waits. */
  take(pool: string, request: TakeRequest): Promise<TakeAnswer>;
  /** Makes a sandbox that was handed out idle again, if the token is still the one of its hand-out. */
  giveBack(pool: string, hold: Hold): Promise<AddAnswer>;
  /** Forgets the owner with its slots, waiters and hand-outs. */
  leave(pool: string, request: LeaveRequest): Promise<LeaveAnswer>;
  /** Emits when a sandbox may have become idle. A hint that may be lost; never errors, never completes. */
  changes(pool: string): Observable<void>;
}

/**
 * One hand-out. No two hand-outs of a pool have the same token, so a late call about an earlier one changes nothing.
 */
export interface Hold {
  readonly sandboxId: string;
  readonly token: string;
}

/** What {@link PoolStore.reconcile} takes. */
export interface ReconcileRequest {
  /** The process. */
  readonly owner: string;
  /** What belongs to an owner is forgotten when it was silent for so long. */
  readonly ownerTtlMs: number;
  /** Sandboxes that have been idle for longer are evicted. */
  readonly maxIdleMs: number;
  /** Every slot in which the owner is creating; its others are free again. */
  readonly slots: readonly string[];
  /** Ids of slots that the owner would fill; as many are granted as the pool lacks. */
  readonly wanted: readonly string[];
  /** Ids of requests that nobody waits for any more: what was handed out to them is idle again. */
  readonly abandoned: readonly string[];
  /** Hand-outs that have ended. */
  readonly discarded: readonly Hold[];
}

/** How many sandboxes a pool has. */
export interface PoolCounts {
  /** How many idle ones it should have. */
  readonly target: number;
  readonly idle: number;
  /** Slots in which some process is creating one. */
  readonly creating: number;
  /** Handed out and not released. */
  readonly leased: number;
  /** Requests that wait. */
  readonly waiting: number;
}

export interface ReconcileAnswer extends PoolCounts {
  /** Those of `wanted` that are granted. */
  readonly slots: readonly string[];
  /** Sandboxes that left the pool: too old, or too many. The caller kills them. */
  readonly evicted: readonly string[];
}

/** What {@link PoolStore.add} takes. */
export interface AddRequest {
  readonly slot: string;
  readonly sandboxId: string;
  /** False for a sandbox that was created without a slot; the id of the slot then only makes the call repeatable. */
  readonly isReserved: boolean;
}

/**
 * `full`: the pool has enough idle ones. `unknown`: there is no such slot or hand-out (any more). In both cases the
 * sandbox did not become idle.
 */
export type AddAnswer = "added" | "full" | "unknown";

export interface TakeRequest {
  readonly owner: string;
  readonly ownerTtlMs: number;
  /** Requests of an owner that has not asked for so long do not hold up those behind them. */
  readonly waiterTtlMs: number;
  /** In the order in which they came. */
  readonly requests: readonly {
    readonly id: string;
    /** False asks once, and never overtakes those who wait. */
    readonly isWaiting: boolean;
    /** Its place in the queue, from an earlier answer. */
    readonly place?: number | undefined;
  }[];
}

/** One sandbox for one request. */
export interface Grant extends Hold {
  readonly requestId: string;
  /** The request's place: one that is made again after a sandbox proved dead keeps it. */
  readonly place: number;
}

export interface TakeAnswer {
  readonly grants: readonly Grant[];
  /** Places of the requests that wait on. */
  readonly places: Readonly<Record<string, number>>;
}

export interface LeaveRequest {
  readonly owner: string;
  readonly abandoned: readonly string[];
  /** True takes all idle sandboxes out of the pool. */
  readonly isDraining: boolean;
}

export interface LeaveAnswer {
  /** The caller kills them. */
  readonly evicted: readonly string[];
}
