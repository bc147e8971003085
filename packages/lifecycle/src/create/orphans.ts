import { EMPTY, catchError, concatMap, defer, expand, last, mergeMap, of, toArray, type Observable } from "rxjs";
import { CREATE_ID_METADATA_KEY } from "@rxsandbox/protocol";
import { after, type Api } from "@rxsandbox/transport";
import { ensureKilled } from "../calls/kill.js";
import type { SandboxInfo } from "../info/sandbox-info.js";
import { listAll } from "../list/list-sandboxes.js";

/** Milliseconds between looks: a server that was cut off may still be creating. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000] as const;

/**
 * Looks for the sandbox of a create until it is found or 30 s have passed, and kills it; completes in both cases.
 * Errors when the last look fails.
 */
export function killOrphans(api: Api, createId: string): Observable<unknown> {
  const look = defer(() => listAll(api, { metadata: { [CREATE_ID_METADATA_KEY]: createId } }).pipe(toArray()));
  // What cut the create may still cut the first looks; the last one counts.
  const tryToLook = look.pipe(catchError(() => of<SandboxInfo[]>([])));
  return tryToLook.pipe(
    expand((found, index) => {
      const pause = PAUSES_MS[index];
      if (found.length > 0 || pause === undefined) return EMPTY;
      return after(pause).pipe(concatMap(() => (index === PAUSES_MS.length - 1 ? look : tryToLook)));
    }),
    last(),
    mergeMap((found) => found),
    mergeMap(({ id }) => ensureKilled(api, id), 4),
  );
}
