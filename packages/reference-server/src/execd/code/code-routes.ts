import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { answerEmpty, answerJson, RefusedRequest } from "../answers/answer.js";
import { commandEnvironment } from "../commands/command-environment.js";
import { VALIDATION_PREFIX } from "../commands/command-request.js";
import { EventStream } from "../answers/event-stream.js";
import { type GoType, goString } from "../../shared/go-json/decode-json.js";
import { makeDirectories } from "../system/make-directories.js";
import { mayLoseRun } from "../own-proxy.js";
import { failedRule, PARSE_PREFIX, readRequest } from "../answers/read-request.js";
import { resolvePath } from "../system/resolve-path.js";
import { runBackground } from "../commands/run-background.js";
import { runForeground } from "../commands/run-foreground.js";
import type { WorkerContext } from "../worker-context.js";
import { type CodeContexts, describeContext, NoKernel } from "./code-contexts.js";
import { KERNEL_LANGUAGES } from "./kernel-programs.js";
import { PREFIX, runCode, runSql } from "./run-code.js";

/** Answers `POST /code` (`execd.md` 5): by language a kernel, a shell command, or SQL. */
export async function answerCode(
  request: IncomingMessage,
  response: ServerResponse,
  worker: WorkerContext,
  contexts: CodeContexts,
): Promise<void> {
  const body = ((await readRequest(request, RUN_TYPE, PARSE_PREFIX)) ?? {}) as {
    code?: string;
    context?: { id?: string; language?: string };
  };
  const { code = "", context: { id = "", language = "" } = {} } = body;
  if (code === "")
    throw new RefusedRequest(
      400,
      "INVALID_REQUEST_BODY",
      `${VALIDATION_PREFIX}${failedRule("RunCodeRequest", "Code", "required")}`,
    );
  const openStream = (): EventStream => new EventStream(response, worker.streamOptions);
  if (language === "" || language === "command") return runForeground(commandOf(code, worker), openStream(), worker);
  if (language === "background-command") return runBackground(commandOf(code, worker), openStream(), worker);
  if (language === "sql") return runSql(openStream());
  if (!KERNEL_LANGUAGES.has(language)) throw failure(`${PREFIX}unknown language: ${language}`);
  if (!hasKernels(worker)) throw failure(`${PREFIX}${NOT_CONFIGURED}`);
  const entry = id === "" ? await contexts.default(language).catch(refuseWith(PREFIX)) : contexts.get(id);
  if (entry === undefined) throw failure(`${PREFIX}context not found`);
  const isLost = worker.faults.has("proxied-run-lost") && mayLoseRun(request, response);
  await runCode(entry, { code, isLost }, openStream(), contexts, worker);
}

/**
 * Answers `POST /code/context`. A language without kernel is refused at once, not retried for minutes (divergence X28).
 */
export async function createContext(
  request: IncomingMessage,
  response: ServerResponse,
  worker: WorkerContext,
  contexts: CodeContexts,
): Promise<void> {
  const { language = "", cwd } = ((await readRequest(request, CREATE_TYPE, PARSE_PREFIX)) ?? {}) as {
    language?: string;
    cwd?: string;
  };
  if (language === "")
    throw new RefusedRequest(
      400,
      "INVALID_REQUEST_BODY",
      `${VALIDATION_PREFIX}${failedRule("CodeContextRequest", "Language", "required")}`,
    );
  if (PSEUDO_LANGUAGES.has(language))
    throw failure(`${CREATE_PREFIX}unsupported language context operation: ${language}`);
  if (!hasKernels(worker)) throw failure(`${CREATE_PREFIX}${NOT_CONFIGURED}`);
  const directory = await contextDirectory(cwd, worker);
  const { id } = await contexts.create(language, directory).catch(refuseWith(CREATE_PREFIX));
  answerJson(response, 200, { id, language, ...(cwd !== undefined && cwd !== "" && { cwd }) });
}

/** Answers `GET /code/contexts?language=`. */
export function listContexts(request: IncomingMessage, response: ServerResponse, contexts: CodeContexts): void {
  const language = languageOf(request);
  if (PSEUDO_LANGUAGES.has(language)) throw failure(`unsupported language context operation: ${language}`);
  answerJson(response, 200, contexts.list(language === "" ? undefined : language).map(describeContext));
}

/** Answers `GET /code/contexts/{id}`. */
export function getContext(id: string, response: ServerResponse, contexts: CodeContexts): void {
  const context = contexts.get(id);
  if (context === undefined) throw notFound(id);
  answerJson(response, 200, describeContext(context));
}

/** Answers `DELETE /code/contexts/{id}`. */
export function deleteContext(id: string, response: ServerResponse, contexts: CodeContexts): void {
  if (!contexts.delete(id)) throw notFound(id);
  answerEmpty(response);
}

/** Answers `DELETE /code/contexts?language=`: all of a language, also when there is none. */
export function deleteContexts(request: IncomingMessage, response: ServerResponse, contexts: CodeContexts): void {
  const language = languageOf(request);
  if (language === "") throw new RefusedRequest(400, "MISSING_QUERY", "missing query parameter 'language'");
  if (PSEUDO_LANGUAGES.has(language)) throw failure(`unsupported language context operation: ${language}`);
  for (const { id } of contexts.list(language)) contexts.delete(id);
  answerEmpty(response);
}

const PSEUDO_LANGUAGES: ReadonlySet<string> = new Set(["command", "background-command", "sql"]);
const CREATE_PREFIX = "error creating code context. ";
const NOT_CONFIGURED = "language runtime server not configured, please check your image runtime";

const CREATE_TYPE: GoType = {
  kind: "struct",
  name: "model.CodeContextRequest",
  fields: { language: goString, cwd: goString },
};

const RUN_TYPE: GoType = {
  kind: "struct",
  name: "model.RunCodeRequest",
  fields: {
    code: goString,
    context: { kind: "struct", name: "model.CodeContext", fields: { id: goString, language: goString } },
  },
};

function hasKernels({ config }: WorkerContext): boolean {
  return config.codeKernels ?? true;
}

function languageOf(request: IncomingMessage): string {
  return new URL(request.url ?? "/", "http://worker").searchParams.get("language") ?? "";
}

function failure(message: string): RefusedRequest {
  return new RefusedRequest(500, "RUNTIME_ERROR", message);
}

function notFound(id: string): RefusedRequest {
  return new RefusedRequest(404, "CONTEXT_NOT_FOUND", `context ${id} not found`);
}

function refuseWith(prefix: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof NoKernel ? failure(`${prefix}${error.message}`) : error;
  };
}

/** Code without a language is a command without options, whose answer has no tail (`execd.md` 2.4). */
function commandOf(code: string, { config }: WorkerContext): Parameters<typeof runForeground>[0] {
  const id = randomUUID().replaceAll("-", "");
  return {
    id,
    command: code,
    cwd: config.workingDirectory,
    env: commandEnvironment(config.env),
    credentials: undefined,
    timeoutMs: 0,
    hasTail: false,
  };
}

async function contextDirectory(cwd: string | undefined, { config, confinement }: WorkerContext): Promise<string> {
  if (cwd === undefined || cwd === "") return config.workingDirectory;
  try {
    const path = resolvePath(cwd, config);
    if (!(await confinement.allows(path))) throw new Error(`mkdir ${path}: outside the sandbox`);
    await makeDirectories(path);
    return path;
  } catch (error) {
    throw failure(`${CREATE_PREFIX}${error instanceof Error ? error.message : String(error)}`);
  }
}
