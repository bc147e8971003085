import { Observable, type Subscriber, type Subscription } from "rxjs";
import type { WireRunCommandRequest } from "@rxsandbox/protocol";
import { SandboxError, isSandboxError, type Scope } from "@rxsandbox/transport";
import { mayHaveBegun, type SandboxConnection } from "@rxsandbox/transport/calls";
import { ensureInterrupted } from "../commands/interrupt-command.js";
import { startCommand } from "../commands/start-command.js";
import type { FollowEvent } from "./follow-event.js";
import type { FollowEncoding, ReadingOptions } from "./follow-options.js";
import { followToken, type FollowPlace } from "./follow-token.js";
import { FollowedCommand } from "./followed-command.js";
import { LogFollower, type FollowedLog } from "./log-follower.js";

/** A command to start and follow. */
export interface FollowRequest extends ReadingOptions {
  readonly json: WireRunCommandRequest;
  readonly isDetached: boolean;
  readonly maxBytes: number;
}

/**
 * Starts a background command and follows it to its end.
 *
 * A start whose answer is lost after the id is followed anyway; without the id it errors with `outcome-unknown`,
 * since starting again may do its work twice. Unsubscribe interrupts the command, unless it is detached; an error
 * leaves it alone.
 */
export function followCommand(
  connection: SandboxConnection,
  request: FollowRequest,
): Observable<FollowEvent<FollowEncoding>> {
  const { cleanupApi, scope, sandboxId = "" } = connection;
  const { json, isDetached } = request;
  return scope.guard(
    new Observable((subscriber) => {
      let commandId: string | undefined;
      let isOver = false;
      const interrupt = (id: string): void =>
        void scope.cleanup({ kind: "command", id }, ensureInterrupted(cleanupApi, id, true));
      subscriber.add(() => {
        if (commandId !== undefined && !isOver && !isDetached) interrupt(commandId);
      });
      const begin = (id: string): void => {
        commandId = id;
        const from = { commandId: id, offset: 0 };
        subscriber.next({ type: "started", token: followToken(sandboxId, from) });
        if (subscriber.closed) return;
        const log = {
          ...request,
          sandboxId,
          from,
          timeoutMs: json.timeout,
          onLimit: () => interrupt(id),
          onOver: () => {
            isOver = true;
          },
        };
        subscriber.add(readLog(connection, log, subscriber));
      };
      subscriber.add(
        startCommand(connection, json, (id) => id, isDetached).subscribe({
          next: begin,
          error: (error: unknown) => {
            if (commandId !== undefined) return;
            const lost = lostStart(error);
            if (lost === undefined) subscriber.error(error);
            else if (lost.commandId !== undefined) begin(lost.commandId);
            else subscriber.error(outcomeUnknown(lost));
          },
        }),
      );
    }),
  );
}

/** Follows a command from a place in its log to its end; starts, interrupts and ends nothing. */
export function resumeCommand(
  connection: SandboxConnection,
  from: FollowPlace,
  options: ReadingOptions,
): Observable<FollowEvent<FollowEncoding>> {
  const { scope, sandboxId = "" } = connection;
  return scope.guard(new Observable((subscriber) => readLog(connection, { ...options, sandboxId, from }, subscriber)));
}

function readLog(
  connection: SandboxConnection,
  log: FollowedLog,
  subscriber: Subscriber<FollowEvent<FollowEncoding>>,
): Subscription | (() => void) {
  return followedCommand(connection, log.from.commandId).add(new LogFollower(log, subscriber));
}

/** The commands that are followed in each client. */
const followed = /* @__PURE__ */ new WeakMap<Scope, Map<string, FollowedCommand>>();

/** All who follow one command in one client share its reader. */
function followedCommand({ cleanupApi, scope, sandboxId }: SandboxConnection, commandId: string): FollowedCommand {
  if (sandboxId === undefined) return new FollowedCommand(cleanupApi, commandId, () => undefined);
  let commands = followed.get(scope);
  if (commands === undefined) followed.set(scope, (commands = new Map()));
  const known = commands;
  const key = `${sandboxId} ${commandId}`;
  const present = known.get(key);
  if (present !== undefined) return present;
  const created = new FollowedCommand(cleanupApi, commandId, () => {
    if (known.get(key) === created) known.delete(key);
  });
  known.set(key, created);
  return created;
}

/** The error of a start that may have begun, though nobody can tell; `undefined` for a refusal. */
function lostStart(error: unknown): SandboxError | undefined {
  const isLost = isSandboxError(error) && error.code !== "execution-failed" && error.code !== "closed";
  return isLost && mayHaveBegun(error) ? error : undefined;
}

function outcomeUnknown(error: SandboxError): SandboxError {
  const { requestId, attempts } = error;
  const advice = "it may run: starting it again may do its work twice";
  return new SandboxError("outcome-unknown", { ...error.text, advice }, { cause: error, requestId, attempts });
}
