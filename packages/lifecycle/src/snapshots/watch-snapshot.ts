import { concat, distinctUntilChanged, mergeMap, of, throwError, type Observable } from "rxjs";
import { SandboxError } from "@rxsandbox/transport";
import { poll, type ApiConnection } from "@rxsandbox/transport/calls";
import { probeInterval } from "../readiness/probe-interval.js";
import { getSnapshot } from "./snapshot-calls.js";
import type { SnapshotInfo } from "./snapshot-info.js";

/**
 * Emits a snapshot each time its state is another, and completes after `Ready`.
 *
 * Producer: each subscription reads at once, unless `known` is where it starts from, and then after a fifth of the time
 * waited so far, between 20 ms and 4 s. Errors: `snapshot-failed` after the value `Failed`, `invalid-state` after
 * `Deleting`, since neither becomes `Ready`; those of the reads.
 */
export function watchSnapshot(connection: ApiConnection, id: string, known?: SnapshotInfo): Observable<SnapshotInfo> {
  const ask = (count: number): Observable<SnapshotInfo> =>
    count === 0 && known !== undefined ? of(known) : getSnapshot(connection.api, id);
  return poll(connection, ask, {
    delayMs: ({ elapsedMs }) => probeInterval(elapsedMs),
    isLast: ({ status }) => isFinal(status.state),
  }).pipe(
    distinctUntilChanged((before, after) => before.status.state === after.status.state),
    mergeMap((info) => concat(of(info), failureOf(info))),
  );
}

function isFinal(state: string): boolean {
  return state === "Ready" || state === "Failed" || state === "Deleting";
}

function failureOf({ id, status: { state, reason, message } }: SnapshotInfo): Observable<never> {
  const detail = message ?? reason;
  const text = `Snapshot ${id} is ${state}`;
  switch (state) {
    case "Failed":
      return throwError(
        () => new SandboxError("snapshot-failed", `${text}${detail === undefined ? "" : `: ${detail}`}`),
      );
    case "Deleting":
      return throwError(() => new SandboxError("invalid-state", `${text} and will not be Ready`));
    default:
      return concat();
  }
}
