import { concat, ignoreElements, timer, type Observable } from "rxjs";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import { runCleanup } from "../stream/run-stream.js";
import { commandRequest } from "./run-options.js";

/** The daemon takes its handlers off just after it has reported the command. */
const SETTLE_MS = 100;

/**
 * Starts a command that does nothing, so that closing a connection which the daemon still writes to kills no other
 * command.
 *
 * The daemon forwards the SIGPIPE of such a write to every foreground command (`divergences.md` X66), but takes all its
 * handlers off when a background command has started: what runs by then is safe. Sent only where a stream cannot be
 * read to its end.
 */
export function spareNeighbours(connection: SandboxConnection): Observable<never> {
  const source = ":";
  const call = {
    what: "Spare other commands",
    method: "POST" as const,
    path: "/command",
    json: commandRequest(source, {}, true),
    noRetry: true,
  };
  const started = runCleanup(connection, { call, unit: "line", source, interrupt: undefined });
  return concat(started, timer(SETTLE_MS)).pipe(ignoreElements());
}
