import { InvalidArgumentError, isPathId } from "@rxsandbox/transport";
import { logCursor, type LogCursor } from "../commands/command-logs.js";

/**
 * Where following a command goes on: small, and kept as JSON anywhere. It stays valid across pause and resume, not
 * across a restart of the daemon or a restored snapshot.
 */
export interface FollowToken {
  readonly v: 1;
  readonly sandboxId: string;
  readonly commandId: string;
  readonly cursor: LogCursor;
}

/** A token that was read. */
export interface FollowPlace {
  readonly commandId: string;
  /** Bytes of the log that came already. */
  readonly offset: number;
}

/** The token of a place. */
export function followToken(sandboxId: string, { commandId, offset }: FollowPlace): FollowToken {
  return { v: 1, sandboxId, commandId, cursor: logCursor(String(offset)) };
}

/** Reads a token, perhaps from a store. Throws `InvalidArgumentError`, also for a token of another sandbox. */
export function readFollowToken(token: FollowToken, sandboxId: string): FollowPlace {
  const { v, sandboxId: of, commandId, cursor } = Object(token) as { readonly [name in keyof FollowToken]?: unknown };
  if (v !== 1) throw new InvalidArgumentError("token", "must be a token of version 1, as `follow` emits them");
  if (typeof of !== "string") throw new InvalidArgumentError("token.sandboxId", "must be text");
  if (of !== sandboxId) throw new InvalidArgumentError("token", `belongs to sandbox ${of}, not to ${sandboxId}`);
  if (!isPathId(commandId)) throw new InvalidArgumentError("token.commandId", "must be the id of a command");
  return { commandId, offset: readOffset("token.cursor", cursor) };
}

/** Reads a cursor that counts bytes (`execd.md` 3.2). Throws `InvalidArgumentError`. */
export function readOffset(argument: string, cursor: unknown): number {
  if (typeof cursor !== "string" || !/^\d{1,15}$/.test(cursor))
    throw new InvalidArgumentError(argument, "must be a log cursor that counts bytes");
  return Number(cursor);
}
