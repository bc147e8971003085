import { createTransportFailure, type TransportFailure } from "@rxsandbox/transport";

/**
 * Tells what an error of undici means. `began` says whether undici had a connection and began to write: where it had
 * not, no byte of the request left.
 */
export function undiciFailure(error: Error, began: boolean): TransportFailure {
  const { code } = error as { readonly code?: unknown };
  const cause = error;
  switch (code) {
    case "ERR_INVALID_URL":
    case "UND_ERR_INVALID_ARG":
    case "UND_ERR_NOT_SUPPORTED":
    case "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH":
      return createTransportFailure("unsupported", "the request cannot be sent", { sent: began, cause });
    case "UND_ERR_CLOSED":
    case "UND_ERR_DESTROYED":
      return createTransportFailure("closed", "the connection pool is closed", { sent: began, cause });
    case "UND_ERR_HEADERS_OVERFLOW":
      return createTransportFailure("malformed", "the head of the answer is too large", { sent: began, cause });
    default:
      if (!began) return createTransportFailure("connect", "no connection", { sent: false, cause });
      // The connection ended within the answer: what came was valid.
      if (error.name === "HTTPParserError" && !error.message.includes("Invalid EOF state"))
        return createTransportFailure("malformed", "the answer is not valid HTTP", { sent: true, cause });
      return createTransportFailure("reset", "the connection broke", { sent: true, cause });
  }
}
