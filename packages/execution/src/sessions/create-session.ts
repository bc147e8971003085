import { map, type Observable, type ObservableInput } from "rxjs";
import { ProtocolError, isPathId, scoped } from "@rxsandbox/transport";
import { createRemote, type SandboxConnection } from "@rxsandbox/transport/calls";
import { ensureDeleted, createSessionHandle, type Session } from "./session.js";
import { sessionBody, type SessionOptions } from "./session-options.js";

/** Emits a new session, which lives until it is deleted. A result that comes after an unsubscribe is deleted. */
export function createSession(connection: SandboxConnection, options: SessionOptions): Observable<Session> {
  return createRemote(connection, {
    call: { what: "Create session", method: "POST", path: "/session", json: sessionBody(options) },
    parse: readSessionId,
    subject: (requestId) => ({ kind: "session", id: `with request id ${requestId}` }),
    remove: (id) => ensureDeleted(connection.cleanupApi, id),
  }).pipe(map((id) => createSessionHandle(connection, id)));
}

function readSessionId(value: unknown): string {
  const { session_id: id } = Object(value) as { readonly session_id?: unknown };
  if (!isPathId(id)) throw new ProtocolError("the answer has no session_id");
  return id;
}

/** Emits what `project` emits, with a session that lives as long as that. */
export function withSession<T>(
  connection: SandboxConnection,
  options: SessionOptions,
  project: (session: Session) => ObservableInput<T>,
): Observable<T> {
  const { scope, cleanupApi } = connection;
  return scoped(
    {
      scope,
      acquire: createSession(connection, options),
      subject: ({ id }) => ({ kind: "session", id }),
      release: ({ id }) => ensureDeleted(cleanupApi, id),
    },
    project,
  );
}
