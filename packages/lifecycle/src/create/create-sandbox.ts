import { EMPTY, catchError, concatMap, defer, ignoreElements, throwError, type Observable } from "rxjs";
import { CREATE_ID_METADATA_KEY, type WireCreateSandboxRequest } from "@rxsandbox/protocol";
import { carryThrough, type Api, type Scope } from "@rxsandbox/transport";
import { ensureKilled } from "../calls/kill.js";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import { mintCreateId } from "./create-id.js";
import { killOrphans, mayHaveCreated } from "./orphans.js";

/** What a create needs. */
export interface CreateContext {
  /** Control plane, not guarded by the scope: a create goes on after the client was told to close, so that it can be undone. */
  readonly api: Api;
  readonly scope: Scope;
  readonly createTimeoutMs: number;
}

/**
 * Sends one create and emits what the server answered.
 *
 * Producer: each subscription creates a sandbox of its own.
 * Errors are passed on at once; where the server may have created a sandbox all the same, the scope looks for it and kills it.
 * Unsubscribe before the answer does not abort the request, since that would leave a sandbox whose id nobody knows (`lifecycle.md` 2.2): the scope
 * waits for the answer and kills what it names.
 */
export function createSandbox(
  { api, scope, createTimeoutMs }: CreateContext,
  request: WireCreateSandboxRequest,
): Observable<SandboxInfo> {
  return defer(() => {
    const createId = mintCreateId();
    const subject = { kind: "create", id: createId } as const;
    const body: WireCreateSandboxRequest = {
      ...request,
      metadata: { ...request.metadata, [CREATE_ID_METADATA_KEY]: createId },
    };
    const sent = api.json(
      { what: "Create sandbox", method: "POST", path: "/sandboxes", json: body, timeoutMs: createTimeoutMs },
      parseSandboxInfo,
    );
    const undo = (outcome: Observable<SandboxInfo>) =>
      outcome.pipe(
        catchError((error: unknown) =>
          mayHaveCreated(error) ? killOrphans(api, createId).pipe(ignoreElements()) : EMPTY,
        ),
        concatMap(({ id }) => ensureKilled(api, id)),
      );
    return carryThrough(sent, scope, subject, undo).pipe(
      catchError((error: unknown) => {
        if (mayHaveCreated(error)) void scope.cleanup(subject, killOrphans(api, createId));
        return throwError(() => error);
      }),
    );
  });
}
