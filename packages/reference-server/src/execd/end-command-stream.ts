import type { EventStream } from "./event-stream.js";
import type { WorkerContext } from "./worker-context.js";

/** Keeps an answer open for the tail after its terminal event, then ends it (`execd.md` 2.4, 1 s tail). */
export async function endAfterTail(stream: EventStream, context: WorkerContext): Promise<void> {
  const tailMs = context.faults.has("slow-tail") ? Math.max(3000, 5 * context.config.tailMs) : context.config.tailMs;
  if (tailMs > 0 && stream.isOpen) {
    let timer: NodeJS.Timeout | undefined;
    const tail = new Promise<void>((resolve) => (timer = setTimeout(resolve, tailMs)));
    await Promise.race([tail, stream.closed]);
    clearTimeout(timer);
  }
  stream.end();
}
