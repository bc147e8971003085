/**
 * Code of an error: the server's verbatim, one of these, or a code of `@rxsandbox/client` in capitals
 * (`STREAM_TRUNCATED`); an open set.
 */
export type SandboxErrorCode =
  "INTERNAL_UNKNOWN_ERROR" | "READY_TIMEOUT" | "UNHEALTHY" | "INVALID_ARGUMENT" | "UNEXPECTED_RESPONSE" | (string & {});

/** What went wrong, for programs: `exception.error.code`. */
export class SandboxError {
  static readonly INTERNAL_UNKNOWN_ERROR: SandboxErrorCode = "INTERNAL_UNKNOWN_ERROR";
  static readonly READY_TIMEOUT: SandboxErrorCode = "READY_TIMEOUT";
  static readonly UNHEALTHY: SandboxErrorCode = "UNHEALTHY";
  static readonly INVALID_ARGUMENT: SandboxErrorCode = "INVALID_ARGUMENT";
  static readonly UNEXPECTED_RESPONSE: SandboxErrorCode = "UNEXPECTED_RESPONSE";

  readonly code: SandboxErrorCode;
  readonly message?: string | undefined;

  constructor(code: SandboxErrorCode, message?: string) {
    this.code = code;
    this.message = message;
  }
}
