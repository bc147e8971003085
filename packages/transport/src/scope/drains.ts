import { takeUntil, timer } from "rxjs";
import type { DrainableBody } from "../ports/scope.js";
import { startLongTimer } from "../timer/long-timer.js";

/**
 * An interrupted command ends within 3 s of SIGTERM, by SIGKILL at the latest, and its answer within 1 s to 3 s more
 * (`execd.md` 2.4, 3.2).
 */
const MAX_MS = 6000;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_QUIET = 4;
const MAX_BUSY = 128;
const LOOK_MS = 50;
const BEFORE_ABORT_MS = 2000;

/** The rests of bodies that are read to their end because closing their connections would cost or harm. */
export interface Drains {
  /** Reads the body to its end within the bounds, else aborts it. */
  take(body: DrainableBody): void;
  /**
   * Aborts quiet bodies and waits for the others, which their bounds end at the latest; aborts whatever comes
   * afterwards. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Creates an empty set of drains.
 *
 * Bounds: 6 s and 64 MiB each, as seen by a look every 50 ms, and 2 s for what comes before an abort. At most 4 quiet
 * bodies at a time: a command that ends opens no socket that stays, beyond these and the one of the next command, and
 * aborting a fifth harms nobody. At most 128 others: their sockets were open already, since so many commands ran at
 * once. `maxBodies` bounds both together, where connections are few. Beyond a bound the newest quiet body is aborted,
 * since the oldest gives its connection back first; where there is none, the oldest of the others, which has the least
 * left to write. Quiet bodies do not keep a process alive, others do.
 */
export function createDrains(maxBodies: number = Infinity): Drains {
  const bodies = new Set<DrainableBody>();
  let isClosing = false;
  let isClosed = false;
  let onEmpty: (() => void) | undefined;
  let closed: Promise<void> | undefined;

  function take(body: DrainableBody): void {
    const { subscription } = body;
    if (subscription.closed) return;
    if (body.isQuiet) body.detach();
    if (isClosed || (isClosing && body.isQuiet)) {
      subscription.unsubscribe();
      return;
    }
    bodies.add(body);
    // Of the last look and of the one before: the bound may come right after a look.
    let looked: readonly [before: number, last: number] = [0, 0];
    let cancelLook = (): void => undefined;
    const stop = (): void => {
      cancelLook();
      cancelBound();
    };
    const atBound = (): void => {
      stop();
      giveUp(body, body.bytes() > looked[0]);
    };
    const look = (): void => {
      if (body.bytes() > MAX_BYTES) return atBound();
      looked = [looked[1], body.bytes()];
      cancelLook = startLongTimer(LOOK_MS, look, { unref: true });
    };
    const cancelBound = startLongTimer(MAX_MS, atBound, { unref: true });
    subscription.add(() => {
      bodies.delete(body);
      stop();
      if (bodies.size === 0) onEmpty?.();
    });
    makeRoom();
    if (!subscription.closed) look();
  }

  /** Aborts a body that has reached its bound. */
  function giveUp({ subscription, beforeAbort }: DrainableBody, isFlowing: boolean): void {
    const abort = (): void => subscription.unsubscribe();
    if (beforeAbort === undefined || !isFlowing) return abort();
    subscription.add(beforeAbort.pipe(takeUntil(timer(BEFORE_ABORT_MS))).subscribe({ error: abort, complete: abort }));
  }

  function makeRoom(): void {
    const quiet = [...bodies].filter(({ isQuiet }) => isQuiet);
    const busy = [...bodies].filter(({ isQuiet }) => !isQuiet);
    if (quiet.length > MAX_QUIET || (bodies.size > maxBodies && quiet.length > 0))
      quiet.at(-1)?.subscription.unsubscribe();
    else if (busy.length > Math.min(MAX_BUSY, maxBodies)) busy[0]?.subscription.unsubscribe();
  }

  function abort(isWanted: (body: DrainableBody) => boolean): void {
    for (const body of [...bodies]) if (isWanted(body)) body.subscription.unsubscribe();
  }

  async function shut(): Promise<void> {
    isClosing = true;
    abort(({ isQuiet }) => isQuiet);
    if (bodies.size > 0) {
      // This timer keeps the process alive: the looks do not, and a body may be on a socket that does not either.
      const cancel = startLongTimer(MAX_MS + BEFORE_ABORT_MS, () => abort(() => true));
      await new Promise<void>((resolve) => (onEmpty = resolve));
      cancel();
    }
    isClosed = true;
  }

  return { take, close: () => (closed ??= shut()) };
}
