import type { IncomingMessage } from "node:http";

import { RefusedRequest } from "../answers/answer.js";
import { type GoType, goBool, goInt64, goString, goUint32 } from "../../shared/go-json/decode-json.js";
import { failedRule, PARSE_PREFIX, readRequest } from "../answers/read-request.js";

/** The body of `POST /command` after validation (`execd.md` 3.1). */
export interface CommandRequest {
  readonly command: string;
  readonly cwd?: string;
  readonly background?: boolean;
  readonly timeout?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly envs?: Readonly<Record<string, string | undefined>>;
}

/** Reads `POST /command`; throws the 400 of `execd.md` 3.1 for everything but the working directory. */
export async function readCommandRequest(request: IncomingMessage): Promise<CommandRequest> {
  const body = ((await readRequest(request, TYPE, PARSE_PREFIX)) ?? {}) as Partial<CommandRequest>;
  const failures: string[] = [];
  if ((body.command ?? "") === "") failures.push(failedRule("RunCommandRequest", "Command", "required"));
  if ((body.timeout ?? 0) < 0) failures.push(failedRule("RunCommandRequest", "TimeoutMs", "gte"));
  if (failures.length === 0 && body.gid !== undefined && body.uid === undefined)
    failures.push("uid is required when gid is provided");
  if (failures.length > 0)
    throw new RefusedRequest(400, "INVALID_REQUEST_BODY", `${VALIDATION_PREFIX}${failures.join("\n")}`);
  return body as CommandRequest;
}

/** The prefix of validation messages of `POST /command`. */
export const VALIDATION_PREFIX = "invalid request, validation error ";

const TYPE: GoType = {
  kind: "struct",
  name: "model.RunCommandRequest",
  fields: {
    command: goString,
    cwd: goString,
    background: goBool,
    timeout: goInt64,
    uid: goUint32,
    gid: goUint32,
    envs: { kind: "map", name: "map[string]string", values: goString },
  },
};
