import { ProtocolError } from "./errors.js";
import type { ErrorContext } from "./to-sandbox-error.js";
import type { ResponseHeaders } from "../ports/transport.js";

/** Name of the encoding in which a body arrived that the transport did not unpack; undefined for a plain body. */
export function contentEncoding(headers: ResponseHeaders): string | undefined {
  const encoding = headers["content-encoding"]?.trim().toLowerCase().slice(0, 60) ?? "";
  return encoding === "" || encoding === "identity" ? undefined : encoding;
}

/**
 * The error for a body that cannot be read: every request asks for `identity`, and a gateway compressed the answer
 * anyway.
 */
export function encodedBodyError(context: ErrorContext, encoding: string, status: number): ProtocolError {
  const detail = `the answer is compressed (content-encoding: ${encoding}) although the request forbids it`;
  const advice = "switch compression off in the gateway in front of the server";
  return new ProtocolError(
    { ...context, detail, advice },
    { status, requestId: context.requestId, attempts: context.attempts },
  );
}
