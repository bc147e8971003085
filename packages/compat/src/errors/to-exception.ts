import { isSandboxError, isSandboxGone, type SandboxError as ClientError } from "@rxsandbox/client";
import {
  InvalidArgumentException,
  SandboxApiException,
  SandboxException,
  SandboxUnhealthyException,
} from "./exceptions.js";
import { SandboxError } from "./sandbox-error.js";

/**
 * Turns an error of the client into the exception that official code expects (`sdk-behaviour.md` 8); anything else, for
 * example what a handler threw, goes through as it is. `what` says which call it was where the server does not say why:
 * `Get sandbox`.
 */
export function toException(thrown: unknown, what: string): unknown {
  if (!isSandboxError(thrown)) return thrown;
  const { message, requestId } = thrown;
  if (isSandboxGone(thrown)) {
    return thrown.state === undefined
      ? new SandboxApiException({
          message,
          cause: thrown,
          requestId,
          error: new SandboxError(SANDBOX_NOT_FOUND, message),
          statusCode: 404,
        })
      : new SandboxUnhealthyException({ message, cause: thrown });
  }
  switch (thrown.code) {
    case "invalid-argument":
      return new InvalidArgumentException({ message, cause: thrown });
    case "sandbox-failed":
      return new SandboxUnhealthyException({ message, cause: thrown });
    case "execution-failed":
    case "execution-timed-out":
      return new SandboxApiException({
        message,
        cause: thrown,
        requestId,
        error: new SandboxError(codeOf(thrown), message),
        rawBody: thrown.body,
      });
    default:
      return thrown.status === undefined || thrown.status < 300
        ? new SandboxException({ message, cause: thrown, requestId, error: new SandboxError(codeOf(thrown), message) })
        : apiException(thrown, thrown.status, what);
  }
}

/** How the codes of both runtimes end for a sandbox that does not exist. */
const SANDBOX_NOT_FOUND = "SANDBOX_NOT_FOUND";

function apiException(error: ClientError, statusCode: number, what: string): SandboxApiException {
  const message = error.serverMessage ?? `${what} failed`;
  return new SandboxApiException({
    message,
    cause: error,
    requestId: error.requestId,
    error: new SandboxError(error.serverCode ?? SandboxError.UNEXPECTED_RESPONSE, message),
    statusCode,
    rawBody: error.body,
  });
}

function codeOf({ code, serverCode }: ClientError): string {
  if (serverCode !== undefined) return serverCode;
  return code === "protocol" ? SandboxError.UNEXPECTED_RESPONSE : code.replaceAll("-", "_").toUpperCase();
}
