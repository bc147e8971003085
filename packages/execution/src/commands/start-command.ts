import { Observable } from "rxjs";
import type { WireRunCommandRequest } from "@rxsandbox/protocol";
import { ProtocolError, SandboxError, isPathId } from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import { ownConnectionWherePossible } from "../sessions/own-connection.js";
import { runStream } from "../stream/run-stream.js";
import { ensureInterrupted } from "./interrupt-command.js";

const subject = { what: "Start command", method: "POST", path: "/command" } as const;

/**
 * Starts a background command and emits its handle at `execution_complete`, which means *started* here (`execd.md`
 * 2.4).
 *
 * Errors `execution-failed` when it could not be started. Unsubscribe before the handle ends the command, unless it is
 * detached.
 */
export function startCommand<T>(
  connection: SandboxConnection,
  json: WireRunCommandRequest,
  handle: (id: string) => T,
  isDetached = false,
): Observable<T> {
  return new Observable((subscriber) => {
    let requestId: string | undefined;
    let id: string | undefined;
    const call = {
      ...subject,
      json,
      closeConnection: ownConnectionWherePossible(connection),
      beforeAttempt: (sent: string) => {
        requestId = sent;
        return true;
      },
    };
    const interrupt = isDetached
      ? undefined
      : (command: string): Observable<void> => ensureInterrupted(connection.cleanupApi, command, true);
    return runStream(connection, { call, unit: "line", source: json.command, interrupt }).subscribe({
      next: (event) => {
        if (event.type === "init") id = event.id;
        else if (event.type === "error") {
          const detail = `${event.error.name}: ${event.error.value}`;
          subscriber.error(new SandboxError("execution-failed", { ...subject, detail }, { commandId: id, requestId }));
        } else if (event.type === "execution_complete") {
          const detail = "the stream has no init event with a usable id";
          if (isPathId(id)) subscriber.next(handle(id));
          else subscriber.error(new ProtocolError({ ...subject, detail }, { requestId }));
        }
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}
