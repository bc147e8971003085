import type { ServerResponse } from "node:http";
import { HttpProblem } from "./http-problem.js";

/** Answers with JSON; `undefined` is an empty body. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  if (body === undefined) {
    if (status !== 204) response.setHeader("content-length", "0");
    response.end();
    return;
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}

/**
 * Answers with an error: what was meant for the client as it was meant, everything else as the framework of a real
 * server does, 500 text without a word about the cause (`divergences.md` L04).
 */
export function answerProblem(response: ServerResponse, error: unknown): void {
  if (error instanceof HttpProblem) {
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    answerJson(response, error.status, error.body);
    return;
  }
  answerText(response, 500, "Internal Server Error");
}

/** Answers with plain text. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(text);
}
