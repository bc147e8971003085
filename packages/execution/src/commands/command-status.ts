import type { Observable } from "rxjs";
import type { WireCommandStatus } from "@rxsandbox/protocol";
import { ProtocolError, type Api } from "@rxsandbox/transport";

/** State of one command (`execd.md` 3.2). */
export interface CommandStatus {
  readonly id: string;
  readonly running: boolean;
  /** `null` while it runs; -1 for a signal. */
  readonly exitCode: number | null;
  /** What went wrong, for example `exit status 3`. */
  readonly error: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The command as it was sent, where the server tells. */
  readonly content: string | null;
}

/** Asks for the state of a command. */
export function getCommandStatus(api: Api, id: string): Observable<CommandStatus> {
  return api.json(
    { what: "Get command status", method: "GET", path: `/command/status/${encodeURIComponent(id)}` },
    readStatus,
  );
}

function readStatus(value: unknown): CommandStatus {
  const status = value as Partial<WireCommandStatus> | null;
  if (
    typeof status !== "object" ||
    status === null ||
    typeof status.id !== "string" ||
    typeof status.running !== "boolean"
  ) {
    throw new ProtocolError("the status has no id or no running");
  }
  return {
    id: status.id,
    running: status.running,
    exitCode: typeof status.exit_code === "number" ? status.exit_code : null,
    error: typeof status.error === "string" ? status.error : null,
    startedAt: date(status.started_at),
    finishedAt: date(status.finished_at),
    content: typeof status.content === "string" ? status.content : null,
  };
}

/** A time that the server cannot spell is no reason to hide the rest. */
function date(text: string | undefined): Date | null {
  const parsed = typeof text === "string" ? new Date(text) : undefined;
  return parsed === undefined || Number.isNaN(parsed.getTime()) ? null : parsed;
}
