import { map } from "rxjs";
import { contentEncoding, encodedBodyError } from "../errors/content-encoding.js";
import { ProtocolError } from "../errors/errors.js";
import { isSandboxError } from "../errors/sandbox-error.js";
import type { Api, ApiRequest, ApiResponse } from "../ports/api.js";
import { extendRedactor } from "../redaction/extend-redactor.js";
import { retryPolicy, type ApiOptions } from "./api-options.js";
import { callSecrets } from "./call-secrets.js";
import { explainLoss, explainSilence } from "./explain-loss.js";
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

  return {
    request: (request) => perform(settings, request, whole).pipe(map((response) => readable(request, response))),
    json: (request, parse) =>
      perform(jsonSettings, request, whole).pipe(
        map((response) => parseAnswer(request, readable(request, response), parse)),
      ),
    empty: (request) => perform(settings, request, whole).pipe(map(() => undefined)),
    open: (request) => perform(settings, request, stream),
    target: options.target,
    explain: (error) => explainLoss(error, options.readFate),
    explainSilence: (error) => explainSilence(error, options.readFate),
    redactor: (request) => extendRedactor(options.redact, callSecrets(request, headers)),
  };
}

/** The response itself; throws when its body is compressed. A call that needs no body does not ask. */
function readable({ what, method, path }: ApiRequest, response: ApiResponse): ApiResponse {
  const { status, requestId, headers, body } = response;
  const encoding = contentEncoding(headers);
  if (encoding === undefined || body.byteLength === 0) return response;
  throw encodedBodyError({ what, method, path, requestId }, encoding, status);
}

function parseAnswer<T>(
  { what, method, path }: ApiRequest,
  response: ApiResponse,
  parse: (value: unknown, response: ApiResponse) => T,
): T {
  const { status, requestId } = response;
  const refuse = (detail: string, cause: unknown): ProtocolError =>
    new ProtocolError({ what, method, path, detail }, { status, requestId, cause });
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
    throw refuse(isSandboxError(thrown) ? thrown.text.detail : "the answer has an unexpected shape", thrown);
  }
}
