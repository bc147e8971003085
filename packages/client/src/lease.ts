import { Observable, type Subscriber, type Subscription } from "rxjs";
import {
  InvalidArgumentError,
  SandboxError,
  isSandboxError,
  startLongTimer,
  toSandboxError,
} from "@rxsandbox/transport";
import { numberFrom, readOptions, readPositive } from "@rxsandbox/transport/calls";
import type { Sandbox } from "./sandbox.js";

/** Shortest life that a lease can hold: the clock of a server is known to the second only. */
const MIN_TTL_SECONDS = 10;
/** How many times the clocks are looked at in one TTL. */
const CHECKS_PER_TTL = 12;
const MAX_CHECK_MS = 30_000;
const FIRST_RETRY_MS = 500;
/** A check that comes by so many intervals late has slept through them. */
const JUMP_CHECKS = 3;

/** How a lease is held. */
export interface LeaseOptions {
  /** Seconds that the sandbox lives after the last renewal, from 10: what it outlives its holder by. */
  readonly ttlSeconds: number;
  /** Seconds before the end at which the lease counts as lost; a sixth of `ttlSeconds`, and at most half of it. */
  readonly marginSeconds?: number;
}

/** Why a lease is lost. */
export type LeaseLoss =
  /** The sandbox does not exist any more. */
  | "gone"
  /** The sandbox cannot be renewed: it has no expiry, or the server cannot renew. */
  | "refused"
  /** No renewal succeeded in time. The sandbox lives for about `marginSeconds` more. */
  | "not-renewed"
  /** The client was closed. The sandbox lives until its expiry. */
  | "closed";

/** The state of a lease; `expiresAt` is when the sandbox ends unless it is renewed, by the server's clock. */
export type LeaseState =
  | { readonly state: "held"; readonly expiresAt: Date }
  | {
      readonly state: "late";
      /** Undefined when no renewal has succeeded yet. */
      readonly expiresAt: Date | undefined;
      /** What the last try failed with; undefined while the first one is unanswered. */
      readonly error: SandboxError | undefined;
    }
  | {
      readonly state: "lost";
      readonly reason: LeaseLoss;
      readonly expiresAt: Date | undefined;
      readonly error: SandboxError | undefined;
    };

/**
 * Keeps a sandbox alive while subscribed, and tells how that goes.
 *
 * Producer: each subscription renews for itself, at once and then after about a third of the TTL, spread by 10 %. The
 * first may shorten the life, as `renew` does. A renewal that fails is tried again after 0.5 s and more, at most a
 * twelfth of the TTL. Emits `held` after each renewal; `late` after each try that failed, and when half of the TTL has
 * gone by without a renewal; `lost` once. Completes after `lost`. Never errors. Unsubscribe stops the renewals and
 * shortens nothing: the sandbox lives until its last expiry. Bounds: `lost` with `not-renewed` comes `marginSeconds`
 * before the end by the slower of two clocks, the wall clock and the monotonic one. A process that slept looks at the
 * sandbox once more before it gives up.
 */
export function lease(sandbox: Pick<Sandbox, "id" | "renew">, options: LeaseOptions): Observable<LeaseState> {
  const { ttlMs, marginMs } = readLeaseOptions(options);
  return new Observable((subscriber) => {
    const holder = new LeaseHolder(sandbox, ttlMs, marginMs, subscriber);
    subscriber.add(() => holder.stop());
    holder.check();
  });
}

class LeaseHolder {
  private readonly sandbox: Pick<Sandbox, "id" | "renew">;
  private readonly subscriber: Subscriber<LeaseState>;
  private readonly ttlMs: number;
  /** Age at which the lease is lost. */
  private readonly lifeMs: number;
  private readonly checkMs: number;
  private readonly attemptMs: number;
  /** When the last successful renewal was sent, or the subscription began. */
  private since = readClocks();
  private dueMs = 0;
  private failures = 0;
  private lastAgeMs = 0;
  private isLastTry = false;
  private isTellingLate = false;
  private expiresAt: Date | undefined;
  private error: SandboxError | undefined;
  private attempt: Subscription | undefined;
  private cancelTimer: () => void = () => undefined;

  constructor(
    sandbox: Pick<Sandbox, "id" | "renew">,
    ttlMs: number,
    marginMs: number,
    subscriber: Subscriber<LeaseState>,
  ) {
    this.sandbox = sandbox;
    this.subscriber = subscriber;
    this.ttlMs = ttlMs;
    this.lifeMs = ttlMs - marginMs;
    this.checkMs = Math.min(ttlMs / CHECKS_PER_TTL, MAX_CHECK_MS);
    this.attemptMs = ttlMs / 6;
  }

  /** Does what is due by now. */
  check(): void {
    const ageMs = this.ageMs();
    const isOver = ageMs >= this.lifeMs;
    // Time was skipped: this process slept, or its clock was set. The sandbox may well be alive, so it is asked once
    // more.
    if (isOver && ageMs - this.lastAgeMs > JUMP_CHECKS * this.checkMs) this.isLastTry = true;
    this.lastAgeMs = ageMs;
    if (isOver && !this.isLastTry) return this.lose("not-renewed");
    if (this.attempt === undefined && (this.isLastTry || ageMs >= this.dueMs)) this.renew();
    if (!this.isTellingLate && ageMs >= this.ttlMs / 2) this.tellLate();
    if (!this.subscriber.closed) this.arm();
  }

  stop(): void {
    this.cancelTimer();
    this.attempt?.unsubscribe();
  }

  private renew(): void {
    const sent = readClocks();
    let renewedUntil: Date | undefined;
    const attempt = new Observable<Date>((result) => {
      result.add(startLongTimer(this.attemptMs, () => result.error(this.unanswered())));
      result.add(this.sandbox.renew(this.ttlMs / 1000).subscribe(result));
    }).subscribe({
      next: (expiresAt) => (renewedUntil = expiresAt),
      error: (thrown: unknown) => this.failed(toSandboxError(thrown, { what: `Renew sandbox ${this.sandbox.id}` })),
      complete: () => this.renewed(renewedUntil, sent),
    });
    if (!attempt.closed) this.attempt = attempt;
  }

  private renewed(expiresAt: Date | undefined, sent: Clocks): void {
    this.attempt = undefined;
    if (expiresAt === undefined) return;
    this.since = sent;
    this.expiresAt = expiresAt;
    this.error = undefined;
    this.failures = 0;
    this.isLastTry = false;
    this.isTellingLate = false;
    this.lastAgeMs = this.ageMs();
    this.dueMs = (this.ttlMs / 3) * spread();
    this.subscriber.next({ state: "held", expiresAt });
  }

  private failed(error: SandboxError): void {
    this.attempt = undefined;
    this.error = error;
    const loss = lossOf(error) ?? (this.isLastTry ? "not-renewed" : undefined);
    if (loss !== undefined) return this.lose(loss);
    this.failures += 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (this.failures - 1), this.ttlMs / CHECKS_PER_TTL) * spread();
    this.dueMs = this.ageMs() + waitMs;
    this.tellLate();
    if (!this.subscriber.closed) this.arm();
  }

  private tellLate(): void {
    this.isTellingLate = true;
    this.subscriber.next({ state: "late", expiresAt: this.expiresAt, error: this.error });
  }

  private lose(reason: LeaseLoss): void {
    this.stop();
    this.subscriber.next({ state: "lost", reason, expiresAt: this.expiresAt, error: this.error });
    this.subscriber.complete();
  }

  private arm(): void {
    this.cancelTimer();
    const untilMs = Math.max(1, (this.attempt === undefined ? this.dueMs : this.lifeMs) - this.ageMs());
    this.cancelTimer = startLongTimer(Math.min(untilMs, this.checkMs), () => this.check());
  }

  /** By the clock that has gone further: the wall clock sees a sleep, the monotonic one is not set back. */
  private ageMs(): number {
    const now = readClocks();
    return Math.max(now.wallMs - this.since.wallMs, now.monotonicMs - this.since.monotonicMs, 0);
  }

  private unanswered(): SandboxError {
    return new SandboxError(
      "timeout",
      { what: `Renew sandbox ${this.sandbox.id}`, detail: `no answer within ${this.attemptMs / 1000} s` },
      { retryable: true },
    );
  }
}

interface Clocks {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

function readClocks(): Clocks {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}

/** From 0.9 to 1.1, so that many leases do not renew at the same time. */
function spread(): number {
  return 0.9 + Math.random() * 0.2;
}

/** The errors that no later try can mend. */
function lossOf(error: SandboxError): LeaseLoss | undefined {
  if (isSandboxError(error, "not-found")) return "gone";
  if (isSandboxError(error, "closed")) return "closed";
  return isSandboxError(error, "invalid-state") || isSandboxError(error, "unsupported") ? "refused" : undefined;
}

function readLeaseOptions(options: LeaseOptions): { readonly ttlMs: number; readonly marginMs: number } {
  const { ttlSeconds, marginSeconds = ttlSeconds / 6 } = readOptions(
    options,
    { marginSeconds: readPositive },
    { ttlSeconds: numberFrom(MIN_TTL_SECONDS) },
  );
  if (marginSeconds > ttlSeconds / 2)
    throw new InvalidArgumentError("marginSeconds", "must be at most half of ttlSeconds");
  return { ttlMs: ttlSeconds * 1000, marginMs: marginSeconds * 1000 };
}
