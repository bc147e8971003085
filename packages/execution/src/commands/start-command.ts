import { Observable, defer } from "rxjs";
import type { WireRunCommandRequest } from "@rxsandbox/protocol";
import { ProtocolError, SandboxError, isPathId } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { newRequestId } from "../request-id.js";
import { ownConnectionWherePossible } from "../sessions/own-connection.js";
import { runStream } from "../stream/run-stream.js";
import { ensureInterrupted } from "./interrupt-command.js";

const subject = { what: "Start command", method: "POST", path: "/command" } as const;

/**
 * Starts a background command and emits its handle at `execution_complete`, which means *started* here (`execd.md` 2.4).
 *
 * Errors `execution-failed` when it could not be started. Unsubscribe before the handle ends the command, unless it is detached.
 */
export function startCommand<T>(
  context: ExecutionOptions,
  json: WireRunCommandRequest,
  handle: (id: string) => T,
  isDetached = false,
): Observable<T> {
  const { api, scope } = context;
  return defer(() => {
    const requestId = newRequestId();
    const events = runStream(context, {
      call: {
        ...subject,
        json,
        headers: { "x-request-id": requestId },
        closeConnection: ownConnectionWherePossible(context),
      },
      unit: "line",
      source: json.command,
      requestId,
      interrupt: isDetached ? undefined : (id) => ensureInterrupted(api, id, true),
    });
    return scope.guard(
      new Observable<T>((subscriber) => {
        let id: string | undefined;
        return events.subscribe({
          next: (event) => {
            if (event.type === "init") id = event.id;
            else if (event.type === "error") {
              const { name, value } = event.error;
              subscriber.error(
                new SandboxError(
                  "execution-failed",
                  { ...subject, detail: `${name}: ${value}` },
                  { commandId: id, requestId },
                ),
              );
            } else if (event.type === "execution_complete") {
              if (!isPathId(id))
                subscriber.error(
                  new ProtocolError(
                    { ...subject, detail: "the stream has no init event with a usable id" },
                    { requestId },
                  ),
                );
              else subscriber.next(handle(id));
            }
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        });
      }),
    );
  });
}
