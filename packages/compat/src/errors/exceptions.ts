import { SandboxError } from "./sandbox-error.js";

/** What an exception is made of. */
export interface SandboxExceptionOpts {
  message?: string | undefined;
  cause?: unknown;
  error?: SandboxError | undefined;
  requestId?: string | undefined;
}

/** The base of everything that this package rejects with, except an abort's reason and what a handler threw. */
export class SandboxException extends Error {
  override readonly name: string = "SandboxException";
  readonly error: SandboxError;
  /** Id under which server and client logs know the call. */
  declare readonly requestId?: string;

  constructor({ message, cause, error, requestId }: SandboxExceptionOpts = {}) {
    super(message ?? error?.message ?? "", cause === undefined ? undefined : { cause });
    this.error = error ?? new SandboxError(SandboxError.INTERNAL_UNKNOWN_ERROR, message);
    if (requestId !== undefined) Object.defineProperty(this, "requestId", { value: requestId, enumerable: true });
  }
}

/** The server refused or failed a call. */
export class SandboxApiException extends SandboxException {
  override readonly name: string = "SandboxApiException";
  /** HTTP status. */
  declare readonly statusCode?: number;
  /** The answer, parsed where it is JSON, with secrets replaced; not enumerable, so that it stays out of logs. */
  declare readonly rawBody?: unknown;

  constructor(opts: SandboxExceptionOpts & { statusCode?: number | undefined; rawBody?: unknown }) {
    super(opts);
    if (opts.statusCode !== undefined)
      Object.defineProperty(this, "statusCode", { value: opts.statusCode, enumerable: true });
    Object.defineProperty(this, "rawBody", { value: opts.rawBody, enumerable: false });
  }
}

/** A failure of this package itself. */
export class SandboxInternalException extends SandboxException {
  override readonly name: string = "SandboxInternalException";
  constructor(opts: { message?: string | undefined; cause?: unknown }) {
    super({ ...opts, error: new SandboxError(SandboxError.INTERNAL_UNKNOWN_ERROR, opts.message) });
  }
}

/** The sandbox failed or ended before it was ready. */
export class SandboxUnhealthyException extends SandboxException {
  override readonly name: string = "SandboxUnhealthyException";
  constructor(opts: { message?: string | undefined; cause?: unknown }) {
    super({ ...opts, error: new SandboxError(SandboxError.UNHEALTHY, opts.message) });
  }
}

/** The sandbox was not ready in time. */
export class SandboxReadyTimeoutException extends SandboxException {
  override readonly name: string = "SandboxReadyTimeoutException";
  constructor(opts: { message?: string | undefined; cause?: unknown }) {
    super({ ...opts, error: new SandboxError(SandboxError.READY_TIMEOUT, opts.message) });
  }
}

/** A wrong argument; nothing was sent. */
export class InvalidArgumentException extends SandboxException {
  override readonly name: string = "InvalidArgumentException";
  constructor(opts: { message?: string | undefined; cause?: unknown }) {
    super({ ...opts, error: new SandboxError(SandboxError.INVALID_ARGUMENT, opts.message) });
  }
}
