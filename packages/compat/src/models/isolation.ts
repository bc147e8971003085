import type { CommandExecution, ExecutionHandlers } from "./execution.js";
import type { SandboxFiles } from "./files.js";

export interface IsolatedWorkspaceSpec {
  path: string;
  mode?: "rw" | "overlay" | "ro";
}

export interface EnvPassthroughSpec {
  mode?: "allow" | "deny";
  keys?: string[];
}

export interface BindMount {
  source: string;
  dest?: string;
  readonly?: boolean;
}

/** What to isolate, with the names of the wire. */
export interface CreateIsolatedSessionRequest {
  workspace: IsolatedWorkspaceSpec;
  profile?: "strict" | "balanced";
  extra_writable?: string[];
  binds?: BindMount[];
  share_net?: boolean;
  env_passthrough?: EnvPassthroughSpec;
  uid?: number;
  gid?: number;
  uid_mode?: "setpriv" | "userns";
  idle_timeout_seconds?: number;
}

/** What is known about a session; of older daemons no more than the id. */
export interface IsolatedSessionInfo extends Partial<CreateIsolatedSessionRequest> {
  session_id: string;
  created_at: string;
}

export interface IsolatedSessionState extends Partial<CreateIsolatedSessionRequest> {
  status: "active" | "destroyed";
  created_at?: string;
  last_run_at?: string;
  idle_remaining_seconds?: number | null;
}

export interface IsolatedRunOpts {
  envs?: Record<string, string>;
  /** Whole seconds. */
  timeout_seconds?: number;
}

export interface IsolatedCapabilities {
  available: boolean;
  isolator?: string;
  version?: string;
  message?: string;
  setpriv_available?: boolean;
  userns_available?: boolean;
  commit_supported: boolean;
  diff_supported: boolean;
}

export interface IsolatedSessionSummary {
  session_id: string;
  status: string;
  created_at?: string;
  last_run_at?: string;
  idle_remaining_seconds?: number;
}

/** One isolated session. */
export interface IsolationSession {
  readonly sessionId: string;
  readonly info: IsolatedSessionInfo;
  readonly files: SandboxFiles;
  /**
   * As `commands.run`; what a handler is too slow for waits in memory. An abort closes the stream and leaves the
   * session.
   */
  run(
    code: string,
    opts?: IsolatedRunOpts,
    handlers?: ExecutionHandlers,
    signal?: AbortSignal,
  ): Promise<CommandExecution>;
  get(): Promise<IsolatedSessionState>;
  delete(): Promise<void>;
}

export interface RunOnceOpts {
  workspaceMode?: "rw" | "overlay" | "ro";
  runOpts?: IsolatedRunOpts;
  handlers?: ExecutionHandlers;
  profile?: "strict" | "balanced";
  shareNet?: boolean;
  binds?: BindMount[];
  signal?: AbortSignal;
}

/** Isolated sessions of one sandbox, where its daemon has them; else everything rejects with its 404 or 503. */
export interface IsolationService {
  create(request: CreateIsolatedSessionRequest): Promise<IsolationSession>;
  /** The handle of a session that exists; rejects for an unknown id. */
  attach(sessionId: string): Promise<IsolationSession>;
  capabilities(): Promise<IsolatedCapabilities>;
  list(): Promise<IsolatedSessionSummary[]>;
  /** Runs in a session that is deleted afterwards. */
  runOnce(code: string, workspace: string, opts?: RunOnceOpts): Promise<CommandExecution>;
  /** The session is deleted when the promise of `fn` settles. */
  withSession<T>(request: CreateIsolatedSessionRequest, fn: (session: IsolationSession) => Promise<T>): Promise<T>;
}

/** The list of isolated sessions, as the wire has it. */
export interface ListIsolatedSessionsResponse {
  sessions?: IsolatedSessionSummary[];
}
