import type {
  AddAnswer,
  AddRequest,
  Grant,
  Hold,
  LeaveAnswer,
  LeaveRequest,
  ReconcileAnswer,
  ReconcileRequest,
  TakeAnswer,
  TakeRequest,
} from "./pool-store.js";

/** How long the end of a create is remembered: longer than anybody repeats the call. */
const RECEIPT_MS = 600_000;

interface Idle {
  readonly sandboxId: string;
  readonly sinceMs: number;
}

interface Lease extends Grant, Idle {
  readonly owner: string;
}

interface Waiter {
  readonly owner: string;
  readonly place: number;
}

/** The state of one pool and its steps. The Lua script of `@rxsandbox/pool-redis` does the same. */
export class PoolState {
  private readonly nowMs: () => number;
  private target = 0;
  private lastPlace = 0;
  private lastToken = 0;
  /** The one that has been idle for longest first. */
  private idle: readonly Idle[] = [];
  /** By id of the sandbox. */
  private readonly leases = new Map<string, Lease>();
  /** Id of the request to id of the sandbox. */
  private readonly granted = new Map<string, string>();
  /** Slot to owner. */
  private readonly slots = new Map<string, string>();
  private readonly receipts = new Map<string, { readonly answer: AddAnswer; readonly untilMs: number }>();
  private readonly waiters = new Map<string, Waiter>();
  /** Owner to the time until which it counts as alive. */
  private readonly owners = new Map<string, number>();
  /** Owner to the time until which its waiters count. */
  private readonly takers = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  get idleCount(): number {
    return this.idle.length;
  }

  setTarget(target: number): void {
    this.target = target;
  }

  reconcile(request: ReconcileRequest): ReconcileAnswer {
    const { owner, ownerTtlMs, maxIdleMs, slots, wanted, abandoned, discarded } = request;
    this.touch(owner, ownerTtlMs);
    for (const [slot, holder] of this.slots)
      if (holder === owner && !slots.includes(slot) && !wanted.includes(slot)) this.slots.delete(slot);
    const evicted = this.abandon(abandoned);
    for (const hold of discarded) this.endLease(hold);
    const oldestMs = this.nowMs() - maxIdleMs;
    evicted.push(...this.evict((entry) => entry.sinceMs < oldestMs));
    for (let excess = this.idle.length - this.wantedCount(); excess > 0; excess -= 1) evicted.push(...this.popIdle());
    for (const [slot, { untilMs }] of this.receipts) if (untilMs < this.nowMs()) this.receipts.delete(slot);
    return { ...this.reserve(owner, wanted), ...this.counts(), evicted };
  }

  add({ slot, sandboxId, isReserved }: AddRequest): AddAnswer {
    const receipt = this.receipts.get(slot);
    if (receipt !== undefined) return receipt.answer;
    if (!this.slots.delete(slot) && isReserved) return "unknown";
    const answer = this.makeIdle({ sandboxId, sinceMs: this.nowMs() }) ? "added" : "full";
    this.receipts.set(slot, { answer, untilMs: this.nowMs() + RECEIPT_MS });
    return answer;
  }

  take({ owner, ownerTtlMs, waiterTtlMs, requests }: TakeRequest): TakeAnswer {
    this.touch(owner, ownerTtlMs);
    this.takers.set(owner, this.nowMs() + waiterTtlMs);
    this.dropSilentWaiters();
    const places: Record<string, number> = {};
    for (const { id, isWaiting, place } of requests) {
      if (this.granted.has(id)) continue;
      places[id] = this.waiters.get(id)?.place ?? place ?? (this.lastPlace += 1);
      if (isWaiting) this.waiters.set(id, { owner, place: places[id] });
    }
    const order = requests.map(({ id }) => id).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
    const grants = order.flatMap((id) => {
      const grant = this.grantOf(id) ?? this.grant(id, places[id] ?? 0, owner);
      if (grant !== undefined) delete places[id];
      return grant ?? [];
    });
    return { grants, places };
  }

  giveBack(hold: Hold): AddAnswer {
    const lease = this.endLease(hold);
    if (lease === undefined) return "unknown";
    return this.makeIdle({ sandboxId: lease.sandboxId, sinceMs: this.nowMs() }) ? "added" : "full";
  }

  leave({ owner, abandoned, isDraining }: LeaveRequest): LeaveAnswer {
    const evicted = this.abandon(abandoned);
    this.forget(owner);
    if (isDraining) evicted.push(...this.evict(() => true));
    return { evicted };
  }

  private counts() {
    return {
      target: this.target,
      idle: this.idle.length,
      creating: this.slots.size,
      leased: this.leases.size,
      waiting: this.waiters.size,
    };
  }

  /** Each waiter takes one away. */
  private wantedCount(): number {
    return this.target + this.waiters.size;
  }

  private reserve(owner: string, wanted: readonly string[]): { readonly slots: readonly string[] } {
    const slots = wanted.filter((slot) => this.slots.has(slot));
    let lacking = this.wantedCount() - this.idle.length - this.slots.size;
    for (const slot of wanted) {
      if (lacking <= 0) break;
      if (slots.includes(slot) || this.receipts.has(slot)) continue;
      this.slots.set(slot, owner);
      slots.push(slot);
      lacking -= 1;
    }
    return { slots };
  }

  private makeIdle(entry: Idle): boolean {
    if (this.idle.length >= this.wantedCount()) return false;
    this.idle = [...this.idle, entry].sort(
      (a, b) => a.sinceMs - b.sinceMs || (a.sandboxId < b.sandboxId ? -1 : Number(a.sandboxId > b.sandboxId)),
    );
    return true;
  }

  private popIdle(): string[] {
    const [oldest, ...rest] = this.idle;
    this.idle = rest;
    return oldest === undefined ? [] : [oldest.sandboxId];
  }

  private evict(isEvicted: (entry: Idle) => boolean): string[] {
    const evicted = this.idle.filter(isEvicted);
    this.idle = this.idle.filter((entry) => !isEvicted(entry));
    return evicted.map(({ sandboxId }) => sandboxId);
  }

  private grantOf(requestId: string): Grant | undefined {
    const lease = this.leases.get(this.granted.get(requestId) ?? "");
    return lease === undefined ? undefined : toGrant(lease);
  }

  private grant(requestId: string, place: number, owner: string): Grant | undefined {
    const ahead = [...this.waiters.values()].filter((waiter) => waiter.place < place).length;
    const [oldest, ...rest] = this.idle;
    if (oldest === undefined || this.idle.length <= ahead) return undefined;
    this.idle = rest;
    this.waiters.delete(requestId);
    this.lastToken += 1;
    const lease: Lease = { ...oldest, token: String(this.lastToken), requestId, place, owner };
    this.leases.set(lease.sandboxId, lease);
    this.granted.set(requestId, lease.sandboxId);
    return toGrant(lease);
  }

  private endLease({ sandboxId, token }: Hold): Lease | undefined {
    const lease = this.leases.get(sandboxId);
    if (lease?.token !== token) return undefined;
    this.leases.delete(sandboxId);
    this.granted.delete(lease.requestId);
    return lease;
  }

  /** Returns the sandboxes for which there is no room. */
  private abandon(requestIds: readonly string[]): string[] {
    return requestIds.flatMap((id) => {
      this.waiters.delete(id);
      const grant = this.grantOf(id);
      const lease = grant === undefined ? undefined : this.endLease(grant);
      return lease === undefined || this.makeIdle(lease) ? [] : [lease.sandboxId];
    });
  }

  private touch(owner: string, ttlMs: number): void {
    this.owners.set(owner, this.nowMs() + ttlMs);
    for (const [other, untilMs] of this.owners) if (untilMs < this.nowMs()) this.forget(other);
  }

  /** Their sandboxes are not killed: whoever holds one may be alive and only cut off. They end at their expiry. */
  private forget(owner: string): void {
    this.owners.delete(owner);
    this.takers.delete(owner);
    for (const [slot, holder] of this.slots) if (holder === owner) this.slots.delete(slot);
    for (const [id, waiter] of this.waiters) if (waiter.owner === owner) this.waiters.delete(id);
    for (const lease of this.leases.values()) if (lease.owner === owner) this.endLease(lease);
  }

  private dropSilentWaiters(): void {
    for (const [owner, untilMs] of this.takers) {
      if (untilMs >= this.nowMs()) continue;
      this.takers.delete(owner);
      for (const [id, waiter] of this.waiters) if (waiter.owner === owner) this.waiters.delete(id);
    }
  }
}

function toGrant({ requestId, sandboxId, token, place }: Lease): Grant {
  return { requestId, sandboxId, token, place };
}
