import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { readCommandRequest, VALIDATION_PREFIX } from "./command-request.js";
import { commandEnvironment } from "./command-environment.js";
import { EventStream } from "../answers/event-stream.js";
import { runBackground } from "./run-background.js";
import { runForeground } from "./run-foreground.js";
import { loadCredentials, type Credentials } from "./shell.js";
import { resolveWorkingDirectory } from "../system/working-directory.js";
import type { WorkerContext } from "../worker-context.js";

/** A validated command with everything its process needs. */
export interface PreparedCommand {
  readonly id: string;
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly credentials: Credentials | undefined;
  /** 0 means none. */
  readonly timeoutMs: number;
  /** False for commands of `/code`, whose answers end at once (`execd.md` 2.4). */
  readonly hasTail: boolean;
}

/** Answers `POST /command` (`execd.md` 2 and 3.1). */
export async function runCommand(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const body = await readCommandRequest(request);
  const cwd = await resolveWorkingDirectory(body.cwd, VALIDATION_PREFIX, context.config, context.confinement);
  const prepared: PreparedCommand = {
    id: randomUUID().replaceAll("-", ""),
    command: body.command,
    cwd,
    env: commandEnvironment(context.config.env, body.envs),
    credentials: await loadCredentials(body.uid, body.gid),
    timeoutMs: body.timeout ?? 0,
    hasTail: true,
  };
  const stream = new EventStream(response, context.streamOptions);
  await (body.background === true
    ? runBackground(prepared, stream, context)
    : runForeground(prepared, stream, context));
}
