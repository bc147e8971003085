import type { ServerResponse } from "node:http";

import { encodeJson } from "../../shared/go-json/encode-json.js";

/** The daemon's error codes (`execd.md` 1). */
export type ExecdErrorCode =
  | "INVALID_REQUEST_BODY"
  | "MISSING_QUERY"
  | "RUNTIME_ERROR"
  | "INVALID_FILE"
  | "INVALID_FILE_CONTENT"
  | "INVALID_FILE_METADATA"
  | "FILE_NOT_FOUND"
  | "UNKNOWN"
  | "CONTEXT_NOT_FOUND"
  | "NOT_SUPPORTED";

/** A refusal of a request: thrown by handlers, answered as status and JSON error body. */
export class RefusedRequest extends Error {
  override readonly name: string = "RefusedRequest";
  readonly status: number;
  readonly code: ExecdErrorCode;

  constructor(status: number, code: ExecdErrorCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Answers 200 without a body. */
export function answerEmpty(response: ServerResponse): void {
  response.setHeader("content-length", "0");
  response.end();
}

/** Answers JSON; above 2 KiB without a length, as the daemon does (`execd.md` 12). */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  answerBody(response, Buffer.from(encodeJson(value)));
}

/** Answers the JSON error body `{"code","message"}` (`execd.md` 1). */
export function answerError(response: ServerResponse, refusal: RefusedRequest): void {
  answerJson(response, refusal.status, {
    code: refusal.code,
    message: refusal.message === "" ? undefined : refusal.message,
  });
}

/** Answers plain text; `sniffable: false` adds the header the standard library of the daemon adds. */
export function answerText(response: ServerResponse, status: number, text: string, sniffable = true): void {
  response.statusCode = status;
  response.setHeader("content-type", sniffable ? "text/plain" : "text/plain; charset=utf-8");
  if (!sniffable) response.setHeader("x-content-type-options", "nosniff");
  answerBody(response, Buffer.from(text));
}

/** Ends an answer with the given bytes, with a length when they fit the daemon's buffer of 2 KiB. */
export function answerBody(response: ServerResponse, body: Buffer): void {
  if (body.length <= BUFFERED_BYTES) {
    response.setHeader("content-length", String(body.length));
    response.end(body);
    return;
  }
  response.write(body);
  response.end();
}

const BUFFERED_BYTES = 2048;
