import { concatMap, defer, map, type Observable, type ObservableInput } from "rxjs";
import { ProtocolError, carryThrough, scoped } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { newRequestId } from "../request-id.js";
import { ensureDeleted, sessionHandle, type Session } from "./session.js";
import { sessionBody, type SessionOptions } from "./session-options.js";

/** Emits a new session, which lives until it is deleted. A result that comes after an unsubscribe is deleted. */
export function createSession(context: ExecutionOptions, options: SessionOptions): Observable<Session> {
  const json = sessionBody(options);
  const { api, scope } = context;
  const work = defer(() => {
    const requestId = newRequestId();
    const created = api.json({ what: "Create session", method: "POST", path: "/session", json, headers: { "x-request-id": requestId } }, readSessionId);
    return carryThrough(created, scope, { kind: "session", id: `with request id ${requestId}` }, (late) => late.pipe(concatMap((id) => ensureDeleted(api, id))));
  });
  // Before the address is known nothing has left, and an unsubscribe drops the call.
  return scope.guard(defer(() => api.target()).pipe(concatMap(() => work), map((id) => sessionHandle(context, id))));
}

function readSessionId(value: unknown): string {
  const { session_id: id } = Object(value) as { readonly session_id?: unknown };
  if (typeof id !== "string" || id === "") throw new ProtocolError("the answer has no session_id [protocol]");
  return id;
}

/** Emits what `project` emits, with a session that lives as long as that. */
export function withSession<T>(context: ExecutionOptions, options: SessionOptions, project: (session: Session) => ObservableInput<T>): Observable<T> {
  const { api, scope } = context;
  return scoped(
    { scope, acquire: createSession(context, options), subject: ({ id }) => ({ kind: "session", id }), release: ({ id }) => ensureDeleted(api, id) },
    project,
  );
}
