import { SandboxError, type SandboxErrorOptions } from "./sandbox-error.js";

/** A wrong argument, thrown synchronously at the call; `argument` is its path, for example `volumes[0].host.path`. */
export class InvalidArgumentError extends SandboxError {
  readonly argument: string;
  constructor(argument: string, problem: string) {
    super("invalid-argument", `${argument} ${problem} [invalid-argument]`);
    this.argument = argument;
  }
}

/** What a truncated stream had delivered; not the output itself. */
export interface TruncationDetails {
  readonly commandId: string | undefined;
  readonly events: number;
  readonly bytes: number;
  readonly lastEventType: string | undefined;
}

/** A stream stopped without its end event: the outcome is unknown. Never retried by itself (`measured.md` 2.1). */
export class StreamTruncatedError extends SandboxError {
  readonly commandId: string | undefined;
  readonly events: number;
  readonly bytes: number;
  readonly lastEventType: string | undefined;
  constructor(message: string, details: TruncationDetails, options: SandboxErrorOptions = {}) {
    super("stream-truncated", message, options);
    this.commandId = details.commandId;
    this.events = details.events;
    this.bytes = details.bytes;
    this.lastEventType = details.lastEventType;
  }
}

/** An answer that breaks the protocol. */
export class ProtocolError extends SandboxError {
  constructor(message: string, options: SandboxErrorOptions = {}) {
    super("protocol", message, options);
  }
}

/** The server answered with an error status; `code` follows from it (`lifecycle.md` 1.1, `execd.md` 1, `egress.md` 1). */
export class ApiError extends SandboxError {
  declare readonly status: number;
}

/** The sandbox was not ready in time; `cause` is what the last probe saw. */
export class ReadyTimeoutError extends SandboxError {
  readonly sandboxId: string;
  readonly probes: number;
  readonly waitedMs: number;
  constructor(message: string, details: { readonly sandboxId: string; readonly probes: number; readonly waitedMs: number }, options: SandboxErrorOptions = {}) {
    super("ready-timeout", message, options);
    this.sandboxId = details.sandboxId;
    this.probes = details.probes;
    this.waitedMs = details.waitedMs;
  }
}
