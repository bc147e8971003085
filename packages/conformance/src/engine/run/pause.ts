import { Unverifiable } from "../../model/outcome.js";

/** Waits; an abort ends the wait as {@link Unverifiable}. Leaves no listener behind, however often it is called. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new Unverifiable("the time was over before the wait"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
