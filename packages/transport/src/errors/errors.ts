import type { ErrorText } from "./error-text.js";
import { SandboxError, type SandboxErrorOptions } from "./sandbox-error.js";

/** A wrong argument, thrown synchronously at the call; `argument` is its path, for example `volumes[0].host.path`. */
export class InvalidArgumentError extends SandboxError {
  override readonly name: string = "InvalidArgumentError";
  readonly argument: string;
  constructor(argument: string, problem: string) {
    super("invalid-argument", `${argument} ${problem}`);
    this.argument = argument;
  }
}

/** What a truncated or stalled stream had delivered; not the output itself. */
export interface TruncationDetails {
  readonly commandId: string | undefined;
  readonly events: number;
  readonly bytes: number;
  readonly lastEventType: string | undefined;
}

/** A stream stopped without its end event: the outcome is unknown. Never retried by itself (`measured.md` 2.1). */
export class StreamTruncatedError extends SandboxError {
  override readonly name: string = "StreamTruncatedError";
  readonly events: number;
  readonly bytes: number;
  readonly lastEventType: string | undefined;
  constructor(text: string | ErrorText, details: TruncationDetails, options: SandboxErrorOptions = {}) {
    super("stream-truncated", text, { ...options, commandId: options.commandId ?? details.commandId });
    this.events = details.events;
    this.bytes = details.bytes;
    this.lastEventType = details.lastEventType;
  }
}

/** A stream is open, but nothing has come for too long: the outcome is unknown. */
export class StreamStalledError extends SandboxError {
  override readonly name: string = "StreamStalledError";
  readonly events: number;
  readonly bytes: number;
  readonly lastEventType: string | undefined;
  constructor(text: string | ErrorText, details: TruncationDetails, options: SandboxErrorOptions = {}) {
    super("stream-stalled", text, { ...options, commandId: options.commandId ?? details.commandId });
    this.events = details.events;
    this.bytes = details.bytes;
    this.lastEventType = details.lastEventType;
  }
}

/** An answer that breaks the protocol. */
export class ProtocolError extends SandboxError {
  override readonly name: string = "ProtocolError";
  constructor(text: string | ErrorText, options: SandboxErrorOptions = {}) {
    super("protocol", text, options);
  }
}

/**
 * The server answered with an error status; `code` follows from it (`lifecycle.md` 1.1, `execd.md` 1, `egress.md` 1).
 */
export class ApiError extends SandboxError {
  override readonly name: string = "ApiError";
  declare readonly status: number;
}

/** The sandbox was not ready in time; `cause` is what the last probe saw. */
export class ReadyTimeoutError extends SandboxError {
  override readonly name: string = "ReadyTimeoutError";
  readonly sandboxId: string;
  readonly probes: number;
  readonly waitedMs: number;
  constructor(
    text: string | ErrorText,
    details: { readonly sandboxId: string; readonly probes: number; readonly waitedMs: number },
    options: SandboxErrorOptions = {},
  ) {
    super("ready-timeout", text, options);
    this.sandboxId = details.sandboxId;
    this.probes = details.probes;
    this.waitedMs = details.waitedMs;
  }
}
