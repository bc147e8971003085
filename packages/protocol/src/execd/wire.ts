/** Wire types of execd, the in-sandbox daemon. Field names as in `execd.md` 2, 3, 4 and 6. */

/** Body of `POST /command` (`execd.md` 3.1). */
export interface WireRunCommandRequest {
  readonly command: string;
  readonly cwd?: string;
  readonly background?: boolean;
  /** Milliseconds; 0 or absent means none. */
  readonly timeout?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly envs?: Readonly<Record<string, string>>;
}

/** Body of `POST /session/{id}/run` (`execd.md` 4). */
export interface WireRunInSessionRequest {
  readonly command: string;
  readonly cwd?: string;
  /** Milliseconds; 0 or absent means 24 h. */
  readonly timeout?: number;
}

/** Body of `POST /code/context` (`execd.md` 5). */
export interface WireCreateCodeContextRequest {
  readonly language: string;
  readonly cwd?: string;
}

/** One code context as the server describes it (`execd.md` 5). */
export interface WireCodeContext {
  readonly id: string;
  readonly language: string;
  readonly cwd?: string;
}

/** Body of `POST /code` (`execd.md` 5). Without a language it is a plain shell command. */
export interface WireRunCodeRequest {
  readonly context?: { readonly id?: string; readonly language?: string };
  readonly code: string;
}

/** Body of `POST /v1/isolated/session` (`execd.md` 10.2). */
export interface WireCreateIsolatedSessionRequest {
  readonly workspace: { readonly path: string; readonly mode?: "rw" | "overlay" | "ro" };
  readonly profile?: "strict" | "balanced";
  readonly extra_writable?: readonly string[];
  readonly binds?: readonly { readonly source: string; readonly dest?: string; readonly readonly?: boolean }[];
  readonly share_net?: boolean;
  readonly env_passthrough?: { readonly mode?: "allow" | "deny"; readonly keys?: readonly string[] };
  readonly uid?: number;
  readonly gid?: number;
  readonly uid_mode?: "setpriv" | "userns";
  readonly idle_timeout_seconds?: number;
}

/** Body of `POST /v1/isolated/session/{id}/run` (`execd.md` 10.1). */
export interface WireRunIsolatedRequest {
  readonly code: string;
  readonly envs?: Readonly<Record<string, string>>;
  readonly timeout_seconds?: number;
}

export interface WireExecutionError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[] | null;
}

/** One frame of an execution stream; everything but `type` is absent when empty or zero (`execd.md` 2.2). */
export interface WireExecutionEvent {
  readonly type: string;
  readonly text?: string;
  readonly execution_count?: number;
  readonly execution_time?: number;
  readonly timestamp?: number;
  readonly results?: Readonly<Record<string, unknown>>;
  readonly error?: WireExecutionError;
}

/** Body of `GET /command/status/{id}` (`execd.md` 3.2). */
export interface WireCommandStatus {
  readonly id: string;
  readonly content?: string;
  readonly running: boolean;
  readonly exit_code?: number;
  readonly error?: string;
  readonly started_at?: string;
  readonly finished_at?: string;
}

/**
 * One file as `GET /files/info` and `GET /files/search` describe it (`execd.md` 6). `mode` is octal digits as a decimal
 * integer.
 */
export interface WireFileInfo {
  readonly path: string;
  readonly type?: string;
  readonly size: number;
  readonly modified_at: string;
  readonly created_at: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
}

/** Permissions as files and directories take them (`execd.md` 6). */
export interface WirePermission {
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
}

/** Body of `GET /metrics` (`execd.md` 7). */
export interface WireMetrics {
  readonly cpu_count: number;
  readonly cpu_used_pct: number;
  readonly mem_total_mib: number;
  readonly mem_used_mib: number;
  readonly timestamp: number;
}
