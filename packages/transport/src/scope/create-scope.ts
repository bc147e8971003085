import { Observable, Subscription, type Observer, type Subscriber } from "rxjs";
import { SandboxError } from "../errors/sandbox-error.js";
import { isSandboxGone } from "../errors/sandbox-gone-error.js";
import { toSandboxError } from "../errors/to-sandbox-error.js";
import { emitEvent } from "../events/emit-event.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { CleanupSubject, Scope } from "../ports/scope.js";
import { startLongTimer } from "../timer/long-timer.js";
import { createDrains } from "./drains.js";

const CLOSE_WAIT_MS = 15_000;

export interface ScopeOptions {
  /** Told about clean-ups that failed. */
  readonly events?: Partial<Observer<ClientEvent>> | undefined;
  /** Bodies that may be read to their end in the background at once, on a platform with few connections. */
  readonly maxDrains?: number | undefined;
}

interface Cleanup {
  readonly subject: CleanupSubject;
  /** Ends it as failed. */
  readonly fail: (error: unknown) => void;
}

/** Creates the life of one client. */
export function createScope({ events, maxDrains }: ScopeOptions = {}): Scope {
  const active = new Set<Subscriber<unknown>>();
  const cleanups = new Set<Cleanup>();
  const drains = createDrains(maxDrains);
  let isClosed = false;
  let closed: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;

  function cleanup(subject: CleanupSubject, work: Observable<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const subscription = new Subscription();
      const settle = (isDone: boolean): void => {
        if (!cleanups.delete(entry)) return;
        subscription.unsubscribe();
        resolve(isDone);
        if (cleanups.size === 0) onIdle?.();
      };
      const entry: Cleanup = {
        subject,
        fail: (error) => {
          if (!cleanups.has(entry)) return;
          // Nothing is left behind in a sandbox that is gone.
          if (isSandboxGone(error)) return settle(true);
          emitEvent(events, {
            type: "cleanup-failed",
            subject,
            error: toSandboxError(error, { what: `Clean up ${subject.kind} ${subject.id}` }),
          });
          settle(false);
        },
      };
      cleanups.add(entry);
      subscription.add(work.subscribe({ error: entry.fail, complete: () => settle(true) }));
    });
  }

  async function shut(): Promise<void> {
    // Ending them starts clean-ups, which are waited for below; those do not run under a guard.
    for (const subscriber of [...active]) subscriber.error(closedError());
    await untilIdle();
    for (const { subject, fail } of [...cleanups]) {
      fail(
        new SandboxError("timeout", {
          what: `Clean up ${subject.kind} ${subject.id}`,
          detail: "not finished when the client closed",
        }),
      );
    }
    await drains.close();
  }

  async function untilIdle(): Promise<void> {
    let isLate = false;
    const cancel = startLongTimer(CLOSE_WAIT_MS, () => {
      isLate = true;
      onIdle?.();
    });
    // Who waits for one clean-up may start another: look again after each time that none is left.
    for (await Promise.resolve(); cleanups.size > 0 && !isLate;)
      await new Promise<void>((resolve) => (onIdle = resolve));
    onIdle = undefined;
    cancel();
  }

  return {
    get isClosed() {
      return isClosed;
    },
    guard: (work) =>
      new Observable((subscriber) => {
        if (isClosed) {
          subscriber.error(closedError());
          return;
        }
        const entry = subscriber as Subscriber<unknown>;
        active.add(entry);
        subscriber.add(() => active.delete(entry));
        work.subscribe(subscriber);
      }),
    cleanup,
    drain: (body) => drains.take(body),
    close: () => {
      if (closed !== undefined) return closed;
      isClosed = true;
      // Set before anything ends: whoever is told of the end may call close again.
      closed = Promise.resolve().then(() => ended);
      const ended = shut();
      return closed;
    },
  };
}

function closedError(): SandboxError {
  return new SandboxError("closed", "The client is closed");
}
