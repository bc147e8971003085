/** Why a reference server does not start. */
export type ReferenceServerErrorCode =
  | "invalid-option"
  | "platform-unsupported"
  | "root-refused"
  | "driver-unavailable"
  | "not-built"
  | "address-unavailable";

/** The reason why a reference server does not start; `code` never changes its meaning. */
export class ReferenceServerError extends Error {
  readonly code: ReferenceServerErrorCode;

  constructor(code: ReferenceServerErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "ReferenceServerError";
    this.code = code;
  }
}
