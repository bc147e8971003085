import { Observable, catchError, throwError } from "rxjs";
import { ProtocolError, SandboxError, StreamTruncatedError, isSandboxError, type Api } from "@rxsandbox/transport";
import { hasStatus, poll, readOptions, readSecondsAsMs, type SandboxConnection } from "@rxsandbox/transport/calls";
import { LineSplitter } from "./line-splitter.js";
import { readMetrics, type Metrics } from "./metrics.js";

/** How often to look. */
export interface WatchMetricsOptions {
  /** Least time between two emissions; as often as the server measures when absent, which is about every 2 s. */
  readonly intervalSeconds?: number;
}

const CALL = { what: "Watch metrics", method: "GET", path: "/metrics/watch" } as const;
const POLL_MS = 2000;

/** Asks once; the answer takes about a second. */
export function getMetrics(api: Api): Observable<Metrics> {
  return api.json({ what: "Get metrics", method: "GET", path: "/metrics" }, readMetrics);
}

/** Streams metrics, or polls them where the server has no such stream (404). */
export function watchMetrics(connection: SandboxConnection, options: WatchMetricsOptions): Observable<Metrics> {
  const { api } = connection;
  const { intervalSeconds: intervalMs } = readOptions(options, { intervalSeconds: readSecondsAsMs });
  const pollMs = intervalMs ?? POLL_MS;
  // From one question to the next: an answer takes about a second.
  const polled = poll(connection, () => getMetrics(api), { delayMs: ({ tookMs }) => Math.max(0, pollMs - tookMs) });
  return stream(api, intervalMs ?? 0).pipe(
    catchError((error: unknown) => (hasStatus(error, 404) ? polled : throwError(() => error))),
    catchError((error: unknown) =>
      isSandboxError(error, "stream-truncated") ? api.explain(error) : throwError(() => error),
    ),
  );
}

function stream(api: Api, intervalMs: number): Observable<Metrics> {
  return new Observable((subscriber) => {
    const lines = new LineSplitter();
    let count = 0;
    let nextMs = 0;
    const line = (text: string): void => {
      // The specification has server-sent events, the daemon bare lines (`divergences.md` X44).
      const json = text.replace(/^data:/, "").trim();
      if (json === "" || subscriber.closed) return;
      const metrics = readLine(json);
      count += 1;
      if (performance.now() < nextMs) return;
      nextMs = performance.now() + intervalMs;
      subscriber.next(metrics);
    };
    const guarded = (read: () => void): void => {
      try {
        read();
      } catch (error) {
        subscriber.error(error);
      }
    };
    return api.open({ ...CALL, timeoutMs: null }).subscribe({
      next: (part) => {
        if (part.kind === "chunk") guarded(() => lines.push(part.bytes).forEach(line));
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () =>
        guarded(() => {
          line(lines.end());
          const details = { commandId: undefined, events: count, bytes: 0, lastEventType: undefined };
          throw new StreamTruncatedError({ ...CALL, detail: "the server ended a stream that has no end" }, details);
        }),
    });
  });
}

function readLine(json: string): Metrics {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ProtocolError({ ...CALL, detail: "a line is not JSON" });
  }
  const { error } = Object(value) as { readonly error?: unknown };
  if (typeof error === "string")
    throw new SandboxError("server-error", { ...CALL, detail: error.replace(/\s+/g, " ").slice(0, 300) });
  return readMetrics(value);
}
