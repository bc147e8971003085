import { map, type Observable, type ObservableInput } from "rxjs";
import { ProtocolError, SandboxError, isPathId, readPathId, scoped, type Api } from "@rxsandbox/transport";
import { completeInBackground, createRemote, ignoreNotFound, type SandboxConnection } from "@rxsandbox/transport/calls";
import { createTerminalHandle, type Terminal } from "./terminal.js";
import { deleteTerminal, getTerminal, type TerminalInfo } from "./terminal-calls.js";
import {
  readAttachOptions,
  readTerminalOptions,
  type AttachOptions,
  type TerminalOptions,
} from "./terminal-options.js";

/** The terminals of one sandbox (`execd.md` 9). */
export interface Terminals {
  /**
   * Creates a session and emits its terminal. The shell starts with the first subscription to its output.
   *
   * Errors: `unsupported` where the server has no terminals, `server-error` when the working directory cannot be made.
   * Unsubscribe before the value deletes what was created; after it the session stays until it is deleted.
   */
  create(options?: TerminalOptions): Observable<Terminal>;
  /** @deprecated Use `create`. */
  open(options?: TerminalOptions): Observable<Terminal>;
  /**
   * Emits a terminal of a session that exists. Connecting to one whose shell has ended starts a new shell.
   *
   * Errors: `not-found`; `invalid-request` when `since` lies behind the output.
   */
  attach(terminalId: string, options?: AttachOptions): Observable<Terminal>;
  /** Emits what the server says about a session. Errors `not-found`. */
  get(terminalId: string): Observable<TerminalInfo>;
  /** Ends a session and its shell. Errors `not-found`. Never aborted once sent. */
  delete(terminalId: string): Observable<void>;
  /**
   * Emits what `project` emits, with a terminal that lives as long as that: deleted when the inner stream ends (waited
   * for at most 5 s) and, in the background, on unsubscribe.
   */
  withTerminal<T>(options: TerminalOptions, project: (terminal: Terminal) => ObservableInput<T>): Observable<T>;
}

/** Builds them; sends nothing. */
export function createTerminals(connection: SandboxConnection): Terminals {
  const { api, cleanupApi, scope } = connection;
  const create = (options: TerminalOptions = {}): Observable<Terminal> => createTerminal(connection, options);
  return {
    create,
    open: create,
    attach: (terminalId, options = {}) => {
      const id = readPathId("terminalId", terminalId);
      const { since, ...attachment } = readAttachOptions(options);
      return getTerminal(api, id).pipe(
        map(({ outputOffset }) => {
          const detail = `since is ${since}, but there are ${outputOffset} bytes of output`;
          if (since > outputOffset) throw new SandboxError("invalid-request", { what: "Attach to terminal", detail });
          return createTerminalHandle(connection, { id, since, ...attachment, isPlainShell: false });
        }),
      );
    },
    get: (terminalId) => getTerminal(api, readPathId("terminalId", terminalId)),
    delete: (terminalId) => {
      const id = readPathId("terminalId", terminalId);
      return completeInBackground(connection, { kind: "terminal", id }, (open) => deleteTerminal(open, id));
    },
    withTerminal: (options, project) =>
      scoped(
        {
          scope,
          acquire: create(options),
          subject: ({ id }) => ({ kind: "terminal", id }),
          release: ({ id }) => ensureDeleted(cleanupApi, id),
        },
        project,
      ),
  };
}

function createTerminal(connection: SandboxConnection, options: TerminalOptions): Observable<Terminal> {
  const { body, connection: kept } = readTerminalOptions(options);
  const isPlainShell = body.command === undefined;
  return createRemote(connection, {
    call: { what: "Open terminal", method: "POST", path: "/pty", json: body },
    parse: readTerminalId,
    subject: (requestId) => ({ kind: "terminal", id: `with request id ${requestId}` }),
    remove: (id) => ensureDeleted(connection.cleanupApi, id),
  }).pipe(
    map((id) => createTerminalHandle(connection, { id, since: 0, takeover: false, connection: kept, isPlainShell })),
  );
}

function readTerminalId(value: unknown): string {
  const { session_id: id } = Object(value) as { readonly session_id?: unknown };
  if (!isPathId(id)) throw new ProtocolError("the answer has no session_id");
  return id;
}

function ensureDeleted(api: Api, id: string): Observable<void> {
  return deleteTerminal(api, id).pipe(ignoreNotFound());
}
