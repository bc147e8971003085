import { NEVER, Observable, defer, of } from "rxjs";
import { SandboxError, type CreateOptions, type Sandbox, type SandboxErrorCode } from "@rxsandbox/client";
import type { PoolClient } from "../pool.js";

/** A server in memory: sandboxes end at their expiry. Time is `performance.now()`. */
export class FakePlane implements PoolClient {
  createMs = 1000;
  answerMs = 10;
  /** What creates fail with; a function decides for each. */
  createError: SandboxErrorCode | undefined;
  /** What every other call fails with. */
  callError: SandboxErrorCode | undefined;
  isKillBroken = false;
  /** Called with each sandbox that is killed. */
  onKill: (id: string) => void = () => undefined;
  created = 0;
  readonly calls: string[] = [];
  private readonly expiries = new Map<string, number>();
  /** Daemons that do not answer. */
  readonly broken = new Set<string>();

  create(options: CreateOptions): Observable<Sandbox> {
    return defer(() => {
      this.calls.push("create");
      return this.after(this.createMs, () => {
        if (this.createError !== undefined) throw failure(this.createError);
        this.created += 1;
        const id = `s${this.created}`;
        this.expiries.set(id, performance.now() + (options.timeoutSeconds ?? 0) * 1000);
        return this.attach(id);
      });
    });
  }

  attach(id: string): Sandbox {
    const call = <T>(name: string, work: () => T) =>
      defer(() => {
        this.calls.push(`${name} ${id}`);
        return this.after(this.answerMs, () => {
          if (this.callError !== undefined) throw failure(this.callError);
          return work();
        });
      });
    return {
      id,
      renew: (seconds: number) =>
        call("renew", () => {
          if (!this.isAlive(id)) throw failure("not-found");
          this.expiries.set(id, performance.now() + seconds * 1000);
          return new Date(this.expiries.get(id) ?? 0);
        }),
      ping: () =>
        call("ping", () => {
          if (!this.isAlive(id) || this.broken.has(id)) throw failure("network");
        }),
      kill: () =>
        call("kill", () => {
          this.onKill(id);
          if (this.isKillBroken) throw failure("server-error");
          this.expiries.delete(id);
        }),
    } as unknown as Sandbox;
  }

  isAlive(id: string): boolean {
    return (this.expiries.get(id) ?? -Infinity) > performance.now();
  }

  /** Milliseconds until the sandbox ends. */
  lifeMs(id: string): number {
    return (this.expiries.get(id) ?? NaN) - performance.now();
  }

  get alive(): readonly string[] {
    return [...this.expiries.keys()].filter((id) => this.isAlive(id));
  }

  /** Ends a sandbox without anybody being told. */
  end(id: string): void {
    this.expiries.delete(id);
  }

  count(call: string): number {
    return this.calls.filter((made) => made.startsWith(call)).length;
  }

  private after<T>(delayMs: number, work: () => T): Observable<T> {
    if (delayMs === Infinity) return NEVER;
    return new Observable((subscriber) => {
      const timer = setTimeout(
        () => {
          try {
            of(work()).subscribe(subscriber);
          } catch (error) {
            subscriber.error(error);
          }
        },
        Math.min(delayMs, 3_600_000),
      );
      return () => clearTimeout(timer);
    });
  }
}

function failure(code: SandboxErrorCode): SandboxError {
  return new SandboxError(code, "refused by the test", { retryable: code === "network" });
}
