/** Milliseconds after a signal at which a process that ended may not have been collected yet. */
const LOOKS_MS = [0, 1, 3, 10, 30, 100];

const watched = new Map<number, () => void>();

/**
 * Calls back once a direct child that something else collects has ended and been collected; returns what stops it.
 *
 * The library of terminal devices tells the end of a shell only after it has closed the device.
 */
export function watchProcessEnd(pid: number, onEnd: () => void): () => void {
  if (watched.size === 0) process.on("SIGCHLD", lookLater);
  watched.set(pid, onEnd);
  // It may have ended before anybody listened.
  lookLater();
  return () => stop(pid, onEnd);
}

function stop(pid: number, onEnd: () => void): void {
  if (watched.get(pid) !== onEnd) return;
  watched.delete(pid);
  if (watched.size === 0) process.off("SIGCHLD", lookLater);
}

function lookLater(): void {
  for (const waitMs of LOOKS_MS) setTimeout(look, waitMs).unref();
}

function look(): void {
  for (const [pid, onEnd] of watched) {
    if (isAlive(pid)) continue;
    stop(pid, onEnd);
    onEnd();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
