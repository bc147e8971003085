import type { IncomingMessage } from "node:http";

import { RefusedRequest } from "./answer.js";
import { decodeJson, type GoType } from "../../shared/go-json/decode-json.js";
import { parseJson } from "../../shared/go-json/parse-json.js";
import { readBody } from "./read-body.js";

/**
 * Reads and decodes the JSON body of a request.
 *
 * Only the first value counts and the content type does not (`execd.md` 1, Body parsing). Throws a 400 whose message is
 * `prefix` and the decoder's text.
 */
export async function readRequest(request: IncomingMessage, type: GoType, prefix: string): Promise<unknown> {
  try {
    return decodeJson(parseJson((await readBody(request)).toString("utf8"), "first"), type);
  } catch (error) {
    if (error instanceof RefusedRequest) throw error;
    throw new RefusedRequest(
      400,
      "INVALID_REQUEST_BODY",
      `${prefix}${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The prefix of decoder messages on most routes. */
export const PARSE_PREFIX = "error parsing request, MAYBE invalid body format. ";

/** A validation rule that failed, in the words of the daemon's validator. */
export function failedRule(struct: string, field: string, rule: "required" | "gte"): string {
  return `Key: '${struct}.${field}' Error:Field validation for '${field}' failed on the '${rule}' tag`;
}
