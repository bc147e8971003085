import type { StartOptions } from "@rxsandbox/client";
import { InvalidArgumentException } from "../errors/exceptions.js";
import type { RunCommandOpts } from "../models/commands.js";

/** Checks a command with the official messages. */
export function checkCommand(command: string): void {
  if (typeof command !== "string" || command.trim() === "")
    throw new InvalidArgumentException({ message: "command cannot be empty" });
}

/** Checks the id of a session with the official message. */
export function checkSessionId(sessionId: string): void {
  if (typeof sessionId !== "string" || sessionId.trim() === "")
    throw new InvalidArgumentException({ message: "sessionId cannot be empty" });
}

/** Options for the client. An empty directory and a timeout of 0 mean none, as on the wire. */
export function toRunOptions({ workingDirectory, timeoutSeconds, uid, gid, envs }: RunCommandOpts): StartOptions {
  if (gid !== undefined && uid === undefined)
    throw new InvalidArgumentException({ message: "uid is required when gid is provided" });
  return {
    ...(workingDirectory ? { workingDirectory } : {}),
    ...(timeoutSeconds ? { timeoutSeconds } : {}),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(envs !== undefined && { envs }),
  };
}
