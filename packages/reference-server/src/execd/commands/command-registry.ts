import type { WireCommandStatus } from "@rxsandbox/protocol";

import { formatTime, nowNs } from "../system/go-time.js";
import type { ProcessEnd, ShellProcess } from "./shell.js";

/** One command the worker knows (`execd.md` 3.2). */
export interface CommandEntry {
  readonly id: string;
  readonly content: string;
  readonly startedNs: bigint;
  /** The combined log of a background command. */
  readonly logPath?: string;
  readonly process?: ShellProcess;
  readonly end?: ProcessEnd & { readonly finishedNs: bigint };
}

/** The commands of one worker. Entries are never removed, as in a real daemon. */
export class CommandRegistry {
  readonly #entries = new Map<string, CommandEntry>();
  readonly #signalled = new Set<ShellProcess>();

  /** The command with this id. */
  get(id: string): CommandEntry | undefined {
    return this.#entries.get(id);
  }

  takeOffHandlers(): void {
    this.#signalled.clear();
  }

  /** Registers a command, running or already failed. */
  add(entry: CommandEntry): void {
    this.#entries.set(entry.id, entry);
    if (entry.logPath === undefined && entry.process !== undefined) this.#signalled.add(entry.process);
  }

  /**
   * The processes that signals of the daemon are forwarded to: those of foreground commands, until
   * {@link takeOffHandlers}. A real daemon does that to all of them when one command has reported its end, or its start
   * in the background.
   */
  get signalled(): ReadonlySet<ShellProcess> {
    return this.#signalled;
  }

  /** Records how a command ended. */
  finish(id: string, end: ProcessEnd): void {
    const entry = this.#entries.get(id);
    if (entry?.process !== undefined) this.#signalled.delete(entry.process);
    if (entry !== undefined) this.#entries.set(id, { ...entry, end: { ...end, finishedNs: nowNs() } });
  }
}

/** The body of `GET /command/status/{id}`. */
export function describeCommand(entry: CommandEntry): WireCommandStatus {
  return {
    id: entry.id,
    ...(entry.content === "" ? {} : { content: entry.content }),
    running: entry.end === undefined,
    ...(entry.end === undefined ? {} : { exit_code: entry.end.exitCode }),
    ...(entry.end?.error === undefined ? {} : { error: entry.end.error }),
    started_at: formatTime(entry.startedNs),
    ...(entry.end === undefined ? {} : { finished_at: formatTime(entry.end.finishedNs) }),
  };
}
