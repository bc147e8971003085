import { Observable, map } from "rxjs";
import { ProtocolError } from "../errors/errors.js";
import { isSandboxError } from "../errors/sandbox-error.js";
import { errorMessage } from "../errors/to-sandbox-error.js";
import type { Api, ApiRequest, ApiResponse } from "../ports/api.js";
import { retryPolicy, type ApiOptions } from "./api-options.js";
import { perform, type CallSettings } from "./perform.js";
import { addHeaders } from "./prepare-request.js";
import { sendOpen } from "./send-open.js";
import { sendRequest } from "./send-request.js";

const decoder = new TextDecoder();

/** Creates an API over a transport; sends nothing. */
export function createApi(options: ApiOptions): Api {
  const headers: Record<string, string> = {};
  addHeaders(headers, options.headers);
  const settings: CallSettings = { options, headers, policy: retryPolicy(options.retry) };
  const jsonSettings: CallSettings = { ...settings, headers: { accept: "application/json", ...headers } };
  const whole = sendRequest(options.transport);
  const stream = sendOpen(options.transport);
  const guard = <T>(work: Observable<T>): Observable<T> => options.scope?.guard(work) ?? work;

  return {
    request: (request) => guard(perform(settings, request, whole)),
    json: (request, parse) => guard(perform(jsonSettings, request, whole).pipe(map((response) => parseAnswer(request, response, parse)))),
    empty: (request) => guard(perform(settings, request, whole).pipe(map(() => undefined))),
    open: (request) => guard(perform(settings, request, stream)),
    target: options.target,
  };
}

function parseAnswer<T>({ what, method, path }: ApiRequest, response: ApiResponse, parse: (value: unknown, response: ApiResponse) => T): T {
  const { status, requestId } = response;
  const refuse = (problem: string, cause: unknown): ProtocolError =>
    new ProtocolError(errorMessage({ what, method, path }, "protocol", problem), { status, requestId, cause });
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(response.body));
  } catch {
    // The parser's message quotes the text, which may hold secrets.
    throw refuse(`the answer (${status}) is not JSON`, undefined);
  }
  try {
    return parse(value, response);
  } catch (thrown) {
    if (isSandboxError(thrown) && thrown.code !== "protocol") throw thrown;
    throw refuse(isSandboxError(thrown) ? thrown.message.replace(/ \[protocol\]$/, "") : "the answer has an unexpected shape", thrown);
  }
}
