import type { Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { hasStatus, retryWithPause } from "@rxsandbox/transport/calls";
import type { FollowEvent } from "../follow/follow-event.js";
import type { FollowEncoding, HandleFollowOptions } from "../follow/follow-options.js";
import type { CommandLogs, LogCursor } from "./command-logs.js";
import { getCommandStatus, type CommandStatus } from "./command-status.js";

/** How long after its start a command may not be known yet (`execd.md` 3.1). */
const REGISTRATION_MS = 1000;
const REPEAT_MS = 50;

/** A background command. It has no exit code of its own: that comes from the status. */
export interface CommandHandle {
  readonly id: string;
  /** Emits its state; a 404 within a second of the start is asked again. */
  status(): Observable<CommandStatus>;
  logs(cursor?: LogCursor): Observable<CommandLogs>;
  interrupt(): Observable<void>;
  /**
   * Emits the output of the command from `since` on, or all of it, and its end; see {@link Commands.resume}. Never ends
   * the command.
   */
  follow(options: HandleFollowOptions<"bytes"> & { readonly encoding: "bytes" }): Observable<FollowEvent<"bytes">>;
  follow(options?: HandleFollowOptions): Observable<FollowEvent>;
}

/** What a handle calls. */
export interface CommandCalls {
  readonly api: Api;
  logs(id: string, cursor?: LogCursor): Observable<CommandLogs>;
  interrupt(id: string): Observable<void>;
  follow(id: string, options: HandleFollowOptions<FollowEncoding>): Observable<FollowEvent<FollowEncoding>>;
}

/** Builds the handle of a command; `startedAt` is when it was started, if that was just now. */
export function createCommandHandle(
  id: string,
  { api, logs, interrupt, follow }: CommandCalls,
  startedAt = -Infinity,
): CommandHandle {
  return {
    id,
    status: () =>
      getCommandStatus(api, id).pipe(
        retryWithPause((error) =>
          hasStatus(error, 404) && Date.now() - startedAt < REGISTRATION_MS ? REPEAT_MS : undefined,
        ),
      ),
    logs: (cursor) => logs(id, cursor),
    interrupt: () => interrupt(id),
    follow: (options: HandleFollowOptions<FollowEncoding> = {}) =>
      follow(id, options) as Observable<FollowEvent<never>>,
  };
}
