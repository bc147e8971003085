import {
  EMPTY,
  catchError,
  concatMap,
  defer,
  finalize,
  map,
  throwError,
  type Observable,
  type ObservableInput,
} from "rxjs";
import { ProtocolError, carryThrough, isPathId, scoped } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { mayHaveBegun } from "../may-have-begun.js";
import { newRequestId } from "../request-id.js";
import { ensureDeleted, sessionHandle, type Session } from "./session.js";
import { sessionBody, type SessionOptions } from "./session-options.js";

/** Emits a new session, which lives until it is deleted. A result that comes after an unsubscribe is deleted. */
export function createSession(context: ExecutionOptions, options: SessionOptions): Observable<Session> {
  const json = sessionBody(options);
  const { api, scope } = context;
  const work = defer(() => {
    const requestId = newRequestId();
    let isWanted = true;
    const call = {
      what: "Create session",
      method: "POST" as const,
      path: "/session",
      json,
      headers: { "x-request-id": requestId },
      beforeAttempt: () => isWanted,
    };
    const undo = (late: Observable<string>): Observable<unknown> =>
      late.pipe(
        catchError((error: unknown) => (mayHaveBegun(error) ? throwError(() => error) : EMPTY)),
        concatMap((id) => ensureDeleted(api, id)),
      );
    return carryThrough(
      api.json(call, readSessionId),
      scope,
      { kind: "session", id: `with request id ${requestId}` },
      undo,
    ).pipe(
      // A call that waits to be repeated is not repeated for nobody.
      finalize(() => {
        isWanted = false;
      }),
    );
  });
  // Before the address is known nothing has left, and an unsubscribe drops the call.
  return scope.guard(
    defer(() => api.target()).pipe(
      concatMap(() => work),
      map((id) => sessionHandle(context, id)),
    ),
  );
}

function readSessionId(value: unknown): string {
  const { session_id: id } = Object(value) as { readonly session_id?: unknown };
  if (!isPathId(id)) throw new ProtocolError("the answer has no session_id [protocol]");
  return id;
}

/** Emits what `project` emits, with a session that lives as long as that. */
export function withSession<T>(
  context: ExecutionOptions,
  options: SessionOptions,
  project: (session: Session) => ObservableInput<T>,
): Observable<T> {
  const { api, scope } = context;
  return scoped(
    {
      scope,
      acquire: createSession(context, options),
      subject: ({ id }) => ({ kind: "session", id }),
      release: ({ id }) => ensureDeleted(api, id),
    },
    project,
  );
}
