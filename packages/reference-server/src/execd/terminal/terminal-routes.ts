import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { answerBody, answerEmpty, answerJson, answerText, RefusedRequest } from "../answers/answer.js";
import { decodeJson, type GoType, goString } from "../../shared/go-json/decode-json.js";
import { encodeJson } from "../../shared/go-json/encode-json.js";
import { parseJson } from "../../shared/go-json/parse-json.js";
import { makeDirectories } from "../system/make-directories.js";
import { readBody } from "../answers/read-body.js";
import { resolvePath } from "../system/resolve-path.js";
import type { WorkerContext } from "../worker-context.js";
import { Terminal } from "./terminal.js";
import type { TerminalStore } from "./terminal-store.js";

/** Answers `POST /pty`: an absent body is allowed, a missing `cwd` is created, no shell starts yet (`execd.md` 9). */
export async function createTerminal(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
  terminals: TerminalStore,
): Promise<void> {
  const asked = await readCreateRequest(request);
  let cwd = context.config.workingDirectory;
  try {
    if (asked.cwd !== undefined && asked.cwd !== "") cwd = resolvePath(asked.cwd, context.config);
    if (!(await context.confinement.allows(cwd))) throw new Error(`mkdir ${cwd}: outside the sandbox`);
    await makeDirectories(cwd);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return answerFailure(response, `error creating pty session: error creating PTY session work directory: ${text}`);
  }
  const command = asked.command === "" ? undefined : asked.command;
  const terminal = new Terminal(context, { cwd, command });
  terminals.add(terminal);
  answerJson(response, 201, { session_id: terminal.id });
}

/** Answers `GET /pty/{id}`. */
export function answerTerminal(id: string, response: ServerResponse, terminals: TerminalStore): void {
  const { shell, outputOffset } = known(id, terminals);
  answerJson(response, 200, { session_id: id, running: shell !== undefined, output_offset: outputOffset });
}

/** Answers `DELETE /pty/{id}`. */
export function deleteTerminal(id: string, response: ServerResponse, terminals: TerminalStore): void {
  if (!terminals.delete(id)) throw notFound(id);
  answerEmpty(response);
}

/**
 * Answers `GET /pty/{id}/ws` that is not a handshake: the error that a handshake would get, else that it is not a
 * handshake.
 */
export function answerNoHandshake(id: string, response: ServerResponse, terminals: TerminalStore): void {
  const { isAttached } = known(id, terminals);
  if (isAttached) return answerJson(response, 409, alreadyConnected(id));
  response.setHeader("sec-websocket-version", "13");
  answerText(response, 400, "Bad Request\n", false);
}

/** The session with this id; throws 404. */
export function known(id: string, terminals: TerminalStore): Terminal {
  const terminal = terminals.get(id);
  if (terminal === undefined) throw notFound(id);
  return terminal;
}

/** The body of a refusal because another client holds the terminal. */
export function alreadyConnected(id: string): object {
  return { code: "ALREADY_CONNECTED", message: `another client is already connected to pty session ${id}` };
}

const CREATE_TYPE: GoType = {
  kind: "struct",
  name: "model.CreatePTYSessionRequest",
  fields: { cwd: goString, command: goString },
};

async function readCreateRequest(
  request: IncomingMessage,
): Promise<{ readonly cwd?: string; readonly command?: string }> {
  const text = (await readBody(request)).toString("utf8");
  if (text.trim() === "") return {};
  try {
    return (decodeJson(parseJson(text, "first"), CREATE_TYPE) as { cwd?: string; command?: string } | undefined) ?? {};
  } catch (error) {
    throw new RefusedRequest(400, "INVALID_REQUEST_BODY", `error parsing request: ${(error as Error).message}`);
  }
}

/** Two documents back to back, as the daemon writes them: the refusal, then the success that it is not. */
function answerFailure(response: ServerResponse, message: string): void {
  response.statusCode = 500;
  response.setHeader("content-type", "application/json; charset=utf-8");
  answerBody(
    response,
    Buffer.from(encodeJson({ code: "RUNTIME_ERROR", message }) + encodeJson({ session_id: randomUUID() })),
  );
}

function notFound(id: string): RefusedRequest {
  return new RefusedRequest(404, "CONTEXT_NOT_FOUND", `pty session ${id} not found`);
}
