import { ProtocolError, isPathId } from "@rxsandbox/transport";

/** What the server tells of an isolated session. Fields that older servers leave out are `null`. */
export interface IsolatedSessionInfo {
  readonly id: string;
  /** An open set; `active`, `dead` and `destroyed` are known. */
  readonly status: string | null;
  readonly createdAt: Date | null;
  readonly lastRunAt: Date | null;
  /** Seconds until the server ends it for idleness; `null` for never and for unknown. */
  readonly idleRemainingSeconds: number | null;
  /** The whole answer, with the creation parameters where the server echoes them. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What the sandbox can do about isolation. */
export interface IsolationCapabilities {
  readonly available: boolean;
  readonly isolator: string | null;
  readonly version: string | null;
  /** Why it is not available. */
  readonly message: string | null;
  readonly setprivAvailable: boolean;
  readonly usernsAvailable: boolean;
  readonly commitSupported: boolean;
  readonly diffSupported: boolean;
}

/** Reads one session; `id` is that of the request where the answer has none. Throws `protocol`. */
export function readIsolatedSession(value: unknown, id?: string): IsolatedSessionInfo {
  const raw = recordOf(value);
  const { session_id: told = id } = raw;
  if (!isPathId(told)) throw new ProtocolError("the answer has no session_id");
  const idle = raw["idle_remaining_seconds"];
  return {
    id: told,
    status: textOf(raw["status"]),
    createdAt: dateOf(raw["created_at"]),
    lastRunAt: dateOf(raw["last_run_at"]),
    idleRemainingSeconds: typeof idle === "number" ? idle : null,
    raw,
  };
}

/** Reads the list of sessions. Throws `protocol`. */
export function readIsolatedSessions(value: unknown): readonly IsolatedSessionInfo[] {
  const { sessions } = recordOf(value);
  if (!Array.isArray(sessions)) throw new ProtocolError("the answer has no list of sessions");
  return sessions.map((session) => readIsolatedSession(session));
}

/** Reads the capabilities; what is not there is not offered. Throws `protocol`. */
export function readIsolationCapabilities(value: unknown): IsolationCapabilities {
  const raw = recordOf(value);
  return {
    available: raw["available"] === true,
    isolator: textOf(raw["isolator"]),
    version: textOf(raw["version"]),
    message: textOf(raw["message"]),
    setprivAvailable: raw["setpriv_available"] === true,
    usernsAvailable: raw["userns_available"] === true,
    commitSupported: raw["commit_supported"] === true,
    diffSupported: raw["diff_supported"] === true,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError("the answer is not an object");
  return value as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function dateOf(value: unknown): Date | null {
  const date = typeof value === "string" ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? null : date;
}
