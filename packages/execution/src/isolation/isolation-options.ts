import type { WireCreateIsolatedSessionRequest, WireRunIsolatedRequest } from "@rxsandbox/protocol";
import {
  integerFrom,
  listOf,
  objectOf,
  omitUndefined,
  oneOf,
  readFlag,
  readOptions,
  readText,
} from "@rxsandbox/transport/calls";
import { readAccountId, readEnvironment } from "../account-and-environment.js";
import { readStallTimeout, type StallOptions } from "../stream/stall-timeout.js";

/** A directory of the sandbox that an isolated session sees. */
export interface IsolatedBind {
  readonly source: string;
  /** Where the session sees it; `source` when absent. */
  readonly destination?: string;
  readonly readOnly?: boolean;
}

/** Options of a new isolated session (`execd.md` 10.2). */
export interface IsolatedSessionOptions {
  /**
   * The directory that it works in: shared (`rw`), read-only (`ro`), or with its changes in a layer of their own
   * (`overlay`).
   */
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
export interface IsolatedRunOptions extends StallOptions {
  readonly envs?: Readonly<Record<string, string>>;
  /** Longest run: whole seconds after which the server ends it (`timeout_seconds`, `execd.md` 10). */
  readonly timeoutSeconds?: number;
}

const readWorkspace = objectOf({ mode: oneOf("rw", "overlay", "ro") }, { path: readText });
const readBind = objectOf({ destination: readText, readOnly: readFlag }, { source: readText });
const readPassthrough = objectOf({ mode: oneOf("allow", "deny"), keys: listOf(readText) });

/** Checks and copies. Throws `InvalidArgumentError`. */
export function isolatedSessionRequest(options: IsolatedSessionOptions): WireCreateIsolatedSessionRequest {
  const given = readOptions(
    options,
    {
      profile: oneOf("strict", "balanced"),
      extraWritable: listOf(readText),
      binds: listOf(readBind),
      shareNetwork: readFlag,
      environmentPassthrough: readPassthrough,
      uid: readAccountId,
      gid: readAccountId,
      uidMode: oneOf("setpriv", "userns"),
      idleTimeoutSeconds: integerFrom(0),
    },
    { workspace: readWorkspace },
  );
  const { workspace, profile, extraWritable, binds, shareNetwork, uid, gid, uidMode } = given;
  return omitUndefined({
    workspace,
    profile,
    extra_writable: extraWritable,
    binds: binds?.map(toWireBind),
    share_net: shareNetwork,
    env_passthrough: given.environmentPassthrough,
    uid,
    gid,
    uid_mode: uidMode,
    idle_timeout_seconds: given.idleTimeoutSeconds,
  });
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function isolatedRunRequest(code: string, options: IsolatedRunOptions): WireRunIsolatedRequest {
  const { envs, timeoutSeconds } = readOptions(options, {
    envs: readEnvironment,
    timeoutSeconds: integerFrom(1),
    stallTimeoutSeconds: readStallTimeout,
  });
  return omitUndefined({ code: readText("code", code), envs, timeout_seconds: timeoutSeconds });
}

function toWireBind({ source, destination, readOnly }: IsolatedBind): {
  readonly source: string;
  readonly dest?: string;
  readonly readonly?: boolean;
} {
  return omitUndefined({ source, dest: destination, readonly: readOnly });
}
