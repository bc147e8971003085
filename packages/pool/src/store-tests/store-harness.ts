import type {
  AddAnswer,
  Grant,
  PoolStore,
  ReconcileAnswer,
  ReconcileRequest,
  TakeAnswer,
} from "../store/pool-store.js";

/** A store to test. */
export interface StoreHarness {
  readonly store: PoolStore;
  /** The name of a pool that nothing else uses. */
  readonly pool: string;
  /** Sets the clock of the store ahead. */
  advance(ms: number): void;
}

/** One fact about every store. */
export interface StoreCase {
  /** In the present tense. */
  readonly name: string;
  /** Rejects when the store is wrong. Works in any test runner; takes less than a second in memory. */
  readonly run: (harness: StoreHarness) => Promise<void>;
}

export const OWNER_TTL_MS = 30_000;
export const WAITER_TTL_MS = 5_000;
const MAX_IDLE_MS = 600_000;

/** Short forms of the calls. */
export class StoreDriver {
  readonly store: PoolStore;
  readonly pool: string;
  readonly advance: (ms: number) => void;

  constructor({ store, pool, advance }: StoreHarness) {
    this.store = store;
    this.pool = pool;
    this.advance = advance;
  }

  reconcile(owner: string, request: Partial<ReconcileRequest> = {}): Promise<ReconcileAnswer> {
    return this.store.reconcile(this.pool, {
      owner,
      ownerTtlMs: OWNER_TTL_MS,
      maxIdleMs: MAX_IDLE_MS,
      slots: [],
      wanted: [],
      abandoned: [],
      discarded: [],
      ...request,
    });
  }

  /** Asks for one request after the other in one call; `isWaiting` is for all of them. */
  take(owner: string, ids: readonly string[], isWaiting = true, place?: number): Promise<TakeAnswer> {
    const requests = ids.map((id) => ({ id, isWaiting, place }));
    return this.store.take(this.pool, { owner, ownerTtlMs: OWNER_TTL_MS, waiterTtlMs: WAITER_TTL_MS, requests });
  }

  /** Takes one sandbox, which must be idle. */
  async takeOne(owner: string, id: string): Promise<Grant> {
    const { grants } = await this.take(owner, [id], false);
    const [grant] = grants;
    if (grant === undefined) throw new Error(`nothing was handed out to ${id}`);
    return grant;
  }

  /** Adds without a slot, one millisecond after the other, so that their order is known. */
  async addIdle(...sandboxIds: readonly string[]): Promise<readonly AddAnswer[]> {
    const answers: AddAnswer[] = [];
    for (const sandboxId of sandboxIds) {
      this.advance(1);
      answers.push(await this.store.add(this.pool, { slot: `slot of ${sandboxId}`, sandboxId, isReserved: false }));
    }
    return answers;
  }

  setTarget(target: number): Promise<void> {
    return this.store.setTarget(this.pool, target);
  }
}

/** Throws unless both are the same JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: expected ${should}, got ${is}`);
}

/** Ids of the sandboxes of grants, in the order of the requests. */
export function handedOut({ grants }: TakeAnswer, ids: readonly string[]): readonly (string | undefined)[] {
  return ids.map((id) => grants.find(({ requestId }) => requestId === id)?.sandboxId);
}
