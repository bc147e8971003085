import type { WireCreateIsolatedSessionRequest, WireRunIsolatedRequest } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { accountId, environment, flag, nonBlank, onlyOptions, optionalText } from "../argument.js";

/** A directory of the sandbox that an isolated session sees. */
export interface IsolatedBind {
  readonly source: string;
  /** Where the session sees it; `source` when absent. */
  readonly destination?: string;
  readonly readOnly?: boolean;
}

/** Options of a new isolated session (`execd.md` 10.2). */
export interface IsolatedSessionOptions {
  /** The directory that it works in: shared (`rw`), read-only (`ro`), or with its changes in a layer of their own (`overlay`). */
  readonly workspace: { readonly path: string; readonly mode?: "rw" | "overlay" | "ro" };
  readonly profile?: "strict" | "balanced";
  /** Further directories that it may write; the server allows only some. */
  readonly extraWritable?: readonly string[];
  readonly binds?: readonly IsolatedBind[];
  /** Whether it has the network of the sandbox. */
  readonly shareNetwork?: boolean;
  /** Which variables of the sandbox reach it. */
  readonly environmentPassthrough?: { readonly mode?: "allow" | "deny"; readonly keys?: readonly string[] };
  readonly uid?: number;
  readonly gid?: number;
  readonly uidMode?: "setpriv" | "userns";
  /** Seconds without a run after which the server ends it; 0 is never. */
  readonly idleTimeoutSeconds?: number;
}

/** Options of one run in an isolated session. */
export interface IsolatedRunOptions {
  readonly envs?: Readonly<Record<string, string>>;
  /** Whole seconds after which the server ends the run. */
  readonly timeoutSeconds?: number;
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function isolatedSessionRequest(options: IsolatedSessionOptions): WireCreateIsolatedSessionRequest {
  onlyOptions(options, [
    "workspace",
    "profile",
    "extraWritable",
    "binds",
    "shareNetwork",
    "environmentPassthrough",
    "uid",
    "gid",
    "uidMode",
    "idleTimeoutSeconds",
  ]);
  const {
    workspace,
    profile,
    extraWritable,
    binds,
    shareNetwork,
    environmentPassthrough,
    uidMode,
    idleTimeoutSeconds,
  } = options;
  const [uid, gid] = [accountId("uid", options.uid), accountId("gid", options.gid)];
  return {
    workspace: workspaceOf(workspace),
    ...(profile !== undefined && { profile: oneOf("profile", profile, ["strict", "balanced"]) }),
    ...(extraWritable !== undefined && { extra_writable: texts("extraWritable", extraWritable) }),
    ...(binds !== undefined && { binds: list("binds", binds).map(bindOf) }),
    ...(shareNetwork !== undefined && { share_net: flag("shareNetwork", shareNetwork) }),
    ...(environmentPassthrough !== undefined && { env_passthrough: passthroughOf(environmentPassthrough) }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(uidMode !== undefined && { uid_mode: oneOf("uidMode", uidMode, ["setpriv", "userns"]) }),
    ...(idleTimeoutSeconds !== undefined && {
      idle_timeout_seconds: wholeSeconds("idleTimeoutSeconds", idleTimeoutSeconds, 0),
    }),
  };
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function isolatedRunRequest(code: string, options: IsolatedRunOptions): WireRunIsolatedRequest {
  onlyOptions(options, ["envs", "timeoutSeconds"]);
  const envs = environment("envs", options.envs);
  const { timeoutSeconds } = options;
  return {
    code: nonBlank("code", code),
    ...(envs !== undefined && { envs }),
    ...(timeoutSeconds !== undefined && { timeout_seconds: wholeSeconds("timeoutSeconds", timeoutSeconds, 1) }),
  };
}

function workspaceOf(workspace: IsolatedSessionOptions["workspace"]): WireCreateIsolatedSessionRequest["workspace"] {
  if (typeof workspace !== "object" || workspace === null)
    throw new InvalidArgumentError("workspace", "must be an object with a path");
  const { path, mode } = workspace;
  return {
    path: nonBlank("workspace.path", path),
    ...(mode !== undefined && { mode: oneOf("workspace.mode", mode, ["rw", "overlay", "ro"]) }),
  };
}

function bindOf(
  bind: IsolatedBind,
  index: number,
): { readonly source: string; readonly dest?: string; readonly readonly?: boolean } {
  const at = `binds[${index}]`;
  if (typeof bind !== "object" || bind === null) throw new InvalidArgumentError(at, "must be an object with a source");
  const dest = optionalText(`${at}.destination`, bind.destination);
  const { readOnly } = bind;
  return {
    source: nonBlank(`${at}.source`, bind.source),
    ...(dest !== undefined && { dest }),
    ...(readOnly !== undefined && { readonly: flag(`${at}.readOnly`, readOnly) }),
  };
}

function passthroughOf({
  mode,
  keys,
}: NonNullable<IsolatedSessionOptions["environmentPassthrough"]>): NonNullable<
  WireCreateIsolatedSessionRequest["env_passthrough"]
> {
  return {
    ...(mode !== undefined && { mode: oneOf("environmentPassthrough.mode", mode, ["allow", "deny"]) }),
    ...(keys !== undefined && { keys: texts("environmentPassthrough.keys", keys) }),
  };
}

function oneOf<T extends string>(argument: string, value: T, known: readonly T[]): T {
  if (!known.includes(value)) throw new InvalidArgumentError(argument, `must be one of ${known.join(", ")}`);
  return value;
}

function list<T>(argument: string, values: readonly T[]): readonly T[] {
  if (!Array.isArray(values)) throw new InvalidArgumentError(argument, "must be a list");
  return values as readonly T[];
}

function texts(argument: string, values: readonly string[]): readonly string[] {
  return list(argument, values).map((value, index) => nonBlank(`${argument}[${index}]`, value));
}

function wholeSeconds(argument: string, seconds: number, least: number): number {
  if (!Number.isSafeInteger(seconds) || seconds < least)
    throw new InvalidArgumentError(
      argument,
      `must be a whole number of seconds, ${least} or more, got ${String(seconds)}`,
    );
  return seconds;
}
