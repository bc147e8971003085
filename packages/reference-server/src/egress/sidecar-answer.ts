import type { ServerResponse } from "node:http";
import { encodeJson } from "../shared/go-json/encode-json.js";
import { RefusedChange } from "./refused-change.js";

/** Answers with a value (`egress.md` 1, Success bodies). */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answerText(response, status, "application/json", `${encodeJson(value)}\n`);
}

/** Answers with a text as it is. */
export function answerText(response: ServerResponse, status: number, contentType: string, text: string): void {
  // Above the daemon's buffer of 2 KiB answers carry no length.
  const length = Buffer.byteLength(text);
  response.statusCode = status;
  response.setHeader("content-type", contentType);
  if (length <= 2048) response.setHeader("content-length", String(length));
  else response.setHeader("transfer-encoding", "chunked");
  response.end(text);
}

/** Refuses with a text (`egress.md` 1, Error bodies). */
export function refuse(response: ServerResponse, status: number, text: string): void {
  response.setHeader("x-content-type-options", "nosniff");
  answerText(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

/** Refuses a method. */
export function refuseMethod(response: ServerResponse, allow: string): void {
  response.setHeader("allow", allow);
  refuse(response, 405, "method not allowed");
}

/** Answers with what was thrown: a refusal, or a body that could not be read. */
export function refuseThrown(response: ServerResponse, error: unknown): void {
  if (error instanceof RefusedChange) refuse(response, error.status, error.message);
  else refuse(response, 400, `failed to read body: ${error instanceof Error ? error.message : String(error)}`);
}
