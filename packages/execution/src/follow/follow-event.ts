import type { SandboxError } from "@rxsandbox/transport";
import type { ExecutionEnd } from "../execution-end.js";
import type { FollowEncoding } from "./follow-options.js";
import type { FollowToken } from "./follow-token.js";

/** A piece of output, stdout and stderr merged as the command wrote them; `token` goes on behind it. */
export type FollowOutput<E extends FollowEncoding = "text"> = {
  readonly type: "output";
  readonly token: FollowToken;
} & (E extends "bytes" ? { readonly bytes: Uint8Array } : { readonly text: string });

/** What following a command emits. */
export type FollowEvent<E extends FollowEncoding = "text"> =
  /** The command runs. Of `follow` only, and first. */
  | { readonly type: "started"; readonly token: FollowToken }
  | FollowOutput<E>
  /** A request failed in a way that may pass; the next one goes on where the output stopped. */
  | { readonly type: "reconnecting"; readonly attempt: number; readonly cause: SandboxError }
  /** The last event. `limitReached`: the command was interrupted because its output had more than `maxBytes`. */
  | { readonly type: "end"; readonly end: ExecutionEnd; readonly token: FollowToken; readonly limitReached: boolean };
