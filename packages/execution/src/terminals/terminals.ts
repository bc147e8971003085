import {
  EMPTY,
  catchError,
  concatMap,
  defer,
  finalize,
  map,
  of,
  throwError,
  type Observable,
  type ObservableInput,
} from "rxjs";
import {
  ProtocolError,
  SandboxError,
  carryThrough,
  isPathId,
  isSandboxError,
  readPathId,
  scoped,
  type Api,
} from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { mayHaveBegun } from "../may-have-begun.js";
import { newRequestId } from "../request-id.js";
import { terminalHandle, type Terminal } from "./terminal.js";
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
   * Emits what `project` emits, with a terminal that lives as long as that: deleted when the inner stream ends (waited for at most 5 s) and,
   * in the background, on unsubscribe.
   */
  withTerminal<T>(options: TerminalOptions, project: (terminal: Terminal) => ObservableInput<T>): Observable<T>;
}

/** Builds them; sends nothing. */
export function createTerminals(context: ExecutionOptions): Terminals {
  const { api, scope } = context;
  return {
    open: (options = {}) => openTerminal(context, options),
    attach: (terminalId, options = {}) => {
      const id = readPathId("terminalId", terminalId);
      const { since, takeover, connection } = readAttachOptions(options);
      return scope.guard(
        getTerminal(api, id).pipe(
          map(({ outputOffset }) => {
            if (since > outputOffset)
              throw new SandboxError("invalid-request", {
                what: "Attach to terminal",
                detail: `since is ${since}, but there are ${outputOffset} bytes of output`,
              });
            return terminalHandle(context, { id, since, takeover, connection, isPlainShell: false });
          }),
        ),
      );
    },
    get: (terminalId) => scope.guard(getTerminal(api, readPathId("terminalId", terminalId))),
    delete: (terminalId) => {
      const id = readPathId("terminalId", terminalId);
      return scope.guard(carryThrough(deleteTerminal(api, id), scope, { kind: "terminal", id }));
    },
    withTerminal: (options, project) =>
      scoped(
        {
          scope,
          acquire: openTerminal(context, options),
          subject: ({ id }) => ({ kind: "terminal", id }),
          release: ({ id }) => ensureDeleted(api, id),
        },
        project,
      ),
  };
}

function openTerminal(context: ExecutionOptions, options: TerminalOptions): Observable<Terminal> {
  const { api, scope } = context;
  const { body, connection } = readTerminalOptions(options);
  const work = defer(() => {
    const requestId = newRequestId();
    let isWanted = true;
    const call = {
      what: "Open terminal",
      method: "POST" as const,
      path: "/pty",
      json: body,
      headers: { "x-request-id": requestId },
      beforeAttempt: () => isWanted,
    };
    const undo = (late: Observable<string>): Observable<unknown> =>
      late.pipe(
        catchError((error: unknown) => (mayHaveBegun(error) ? throwError(() => error) : EMPTY)),
        concatMap((id) => ensureDeleted(api, id)),
      );
    return carryThrough(
      api.json(call, readTerminalId),
      scope,
      { kind: "terminal", id: `with request id ${requestId}` },
      undo,
    ).pipe(
      // A call that waits to be repeated is not repeated for nobody.
      finalize(() => {
        isWanted = false;
      }),
    );
  });
  const isPlainShell = body.command === undefined;
  // Before the address is known nothing has left, and an unsubscribe drops the call.
  return scope.guard(
    defer(() => api.target()).pipe(
      concatMap(() => work),
      map((id) => terminalHandle(context, { id, since: 0, takeover: false, connection, isPlainShell })),
    ),
  );
}

function readTerminalId(value: unknown): string {
  const { session_id: id } = Object(value) as { readonly session_id?: unknown };
  if (!isPathId(id)) throw new ProtocolError("the answer has no session_id [protocol]");
  return id;
}

function ensureDeleted(api: Api, id: string): Observable<void> {
  return deleteTerminal(api, id).pipe(
    catchError((error: unknown) =>
      isSandboxError(error) && error.status === 404 ? of(undefined) : throwError(() => error),
    ),
  );
}
