import type { IncomingMessage, ServerResponse } from "node:http";

import { answerEmpty, answerJson, RefusedRequest } from "../answers/answer.js";
import { EventStream } from "../answers/event-stream.js";
import { decodeJson, type GoType, goInt64, goString } from "../../shared/go-json/decode-json.js";
import { parseJson } from "../../shared/go-json/parse-json.js";
import { makeDirectories } from "../system/make-directories.js";
import { mayLoseRun } from "../own-proxy.js";
import { readBody } from "../answers/read-body.js";
import { failedRule, readRequest } from "../answers/read-request.js";
import { resolvePath } from "../system/resolve-path.js";
import { resolveWorkingDirectory } from "../system/working-directory.js";
import type { WorkerContext } from "../worker-context.js";
import { runInSession } from "./session-run.js";
import type { SessionStore } from "./session-store.js";

/** Answers `POST /session`: an absent body is allowed, a missing `cwd` is created (`execd.md` 4). */
export async function createSession(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
  sessions: SessionStore,
): Promise<void> {
  const asked = await readCreateRequest(request);
  let cwd: string | undefined;
  try {
    cwd = asked === undefined || asked === "" ? undefined : resolvePath(asked, context.config);
    if (cwd !== undefined && !(await context.confinement.allows(cwd)))
      throw new Error(`mkdir ${cwd}: outside the sandbox`);
    if (cwd !== undefined) await makeDirectories(cwd);
  } catch (error) {
    throw new RefusedRequest(
      500,
      "RUNTIME_ERROR",
      `error creating session. ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const variables = new Map(Object.entries(context.config.env));
  const session = sessions.create({ variables, ...(cwd === undefined ? {} : { cwd }) });
  answerJson(response, 200, { session_id: session.id });
}

/** Answers `POST /session/{id}/run` (`execd.md` 4). */
export async function answerSessionRun(
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
  sessions: SessionStore,
): Promise<void> {
  const body = ((await readRequest(request, RUN_TYPE, PARSE_PREFIX)) ?? {}) as {
    command?: string;
    cwd?: string;
    timeout?: number;
  };
  const failures = [
    ...((body.command ?? "") === "" ? [failedRule("RunInSessionRequest", "Command", "required")] : []),
    ...((body.timeout ?? 0) < 0 ? [failedRule("RunInSessionRequest", "Timeout", "gte")] : []),
  ];
  if (failures.length > 0)
    throw new RefusedRequest(400, "INVALID_REQUEST_BODY", `${VALIDATION_PREFIX}${failures.join("\n")}`);
  const hasCwd = body.cwd !== undefined && body.cwd !== "";
  const cwd = hasCwd
    ? await resolveWorkingDirectory(body.cwd, VALIDATION_PREFIX, context.config, context.confinement)
    : undefined;
  const session = sessions.get(id);
  if (session === undefined)
    throw new RefusedRequest(500, "RUNTIME_ERROR", "error running in session. context not found");
  const isLost =
    context.faults.has("session-run-lost") || (context.faults.has("proxied-run-lost") && mayLoseRun(request, response));
  const run = {
    command: body.command ?? "",
    timeoutMs: body.timeout ?? 0,
    isLost,
    ...(cwd === undefined ? {} : { cwd }),
  };
  await runInSession(session, run, new EventStream(response, context.streamOptions), context);
}

/** Answers `DELETE /session/{id}`. */
export function deleteSession(id: string, response: ServerResponse, sessions: SessionStore): void {
  if (!sessions.destroy(id)) throw new RefusedRequest(404, "CONTEXT_NOT_FOUND", `session ${id} not found`);
  answerEmpty(response);
}

const PARSE_PREFIX = "error parsing request. ";
const VALIDATION_PREFIX = "invalid request. ";

const CREATE_TYPE: GoType = { kind: "struct", name: "model.CreateSessionRequest", fields: { cwd: goString } };

const RUN_TYPE: GoType = {
  kind: "struct",
  name: "model.RunInSessionRequest",
  fields: { command: goString, cwd: goString, timeout: goInt64 },
};

async function readCreateRequest(request: IncomingMessage): Promise<string | undefined> {
  const text = (await readBody(request)).toString("utf8");
  if (text.trim() === "") return undefined;
  try {
    return (decodeJson(parseJson(text, "first"), CREATE_TYPE) as { cwd?: string } | undefined)?.cwd;
  } catch (error) {
    throw new RefusedRequest(400, "INVALID_REQUEST_BODY", `${PARSE_PREFIX}${(error as Error).message}`);
  }
}
