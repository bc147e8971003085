import { InvalidArgumentError } from "../errors/errors.js";
import { SandboxError } from "../errors/sandbox-error.js";

/** Largest event that the decoder takes unless told otherwise, in bytes: 128 MiB. */
export const DEFAULT_MAX_EVENT_BYTES = 128 * 1024 * 1024;

/** What one JavaScript string can safely hold everywhere; a higher `maxEventBytes` counts as this. */
const ceilingBytes = 256 * 1024 * 1024;

/** Validates the option: a number above zero, where `Infinity` means the most that is possible. */
export function eventSizeLimit(maxEventBytes: number = DEFAULT_MAX_EVENT_BYTES): number {
  if (!(maxEventBytes > 0)) throw new InvalidArgumentError("maxEventBytes", "must be a positive number of bytes");
  return Math.min(maxEventBytes, ceilingBytes);
}

/** The error for an event beyond the limit; the stream cannot go on, since the rest of the event is not wanted. */
export function eventTooLarge(limitBytes: number): SandboxError {
  return new SandboxError("event-too-large", `an event is larger than ${limitBytes} bytes`);
}
