import { concat, defer, distinctUntilChanged, expand, mergeMap, of, throwError, type Observable } from "rxjs";
import { SandboxError, after, type Api } from "@rxsandbox/transport";
import { probeInterval } from "../readiness/probe-interval.js";
import { getSnapshot } from "./snapshot-calls.js";
import type { SnapshotInfo } from "./snapshot-info.js";

/**
 * Emits a snapshot each time its state is another, and completes after `Ready`.
 *
 * Producer: each subscription reads at once, unless `known` is where it starts from, and then after a fifth of the time waited so far,
 * between 20 ms and 4 s.
 * Errors: `snapshot-failed` after the value `Failed`, `invalid-state` after `Deleting`, since neither becomes `Ready`; those of the reads.
 */
export function watchSnapshot(api: Api, id: string, known?: SnapshotInfo): Observable<SnapshotInfo> {
  return defer(() => {
    const startedAt = performance.now();
    return (known === undefined ? getSnapshot(api, id) : of(known)).pipe(
      expand(({ status }) =>
        isFinal(status.state)
          ? []
          : after(probeInterval(performance.now() - startedAt, Math.random())).pipe(
              mergeMap(() => getSnapshot(api, id)),
            ),
      ),
      distinctUntilChanged((before, after) => before.status.state === after.status.state),
      mergeMap((info) => concat(of(info), failureOf(info))),
    );
  });
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
