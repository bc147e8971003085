const SAMPLE_MS = 10;
const MEBIBYTE = 2 ** 20;

/** Memory of this process after a collection, where the process was started with `--expose-gc`. */
export function collectedMemory(): { readonly rss: number; readonly heapUsed: number } {
  globalThis.gc?.();
  return process.memoryUsage();
}

/** Starts watching resident memory; the returned function tells how far its peak rose above the beginning. */
export function watchMemory(): () => { readonly rssGrowthMiB: number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()));
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    look();
    return { rssGrowthMiB: (peak - before) / MEBIBYTE };
  };
}
