import type { ServerResponse } from "node:http";

import type { CommandRegistry } from "./command-registry.js";
import { killQuietly } from "../system/worker-processes.js";

/** Forwards SIGPIPE to running foreground commands, as a real daemon does with its own (`divergences.md` X66). */
export function signalForeground(commands: CommandRegistry): void {
  for (const { pid } of commands.signalled) killQuietly(-pid, "SIGPIPE");
}

/**
 * Calls `onBrokenWrite` when the client closes an answer of which bytes are still to be written.
 *
 * Event streams and watched metrics write later; they report such a write themselves.
 */
export function watchForBrokenWrite(response: ServerResponse, onBrokenWrite: () => void): void {
  response.once("close", () => {
    const isUnwritten =
      !response.writableFinished && (response.hasHeader("content-length") || response.writableLength > 0);
    if (isUnwritten) onBrokenWrite();
  });
}
