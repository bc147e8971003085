import { fromWireEvent, type ExecutionEvent, type TextUnit } from "@rxsandbox/protocol";
import { ProtocolError } from "../errors/errors.js";

/**
 * The error body that a server appends to a stream which has already begun (`execd.md` 2.2): no `type`, no terminal
 * event after it.
 */
export interface ErrorEnvelope {
  readonly code: string;
  readonly message: string;
}

/** What one frame is. `undefined` means that it is not JSON, which a caller at the end of the body takes for a cut. */
export type ParsedFrame = { readonly event: ExecutionEvent } | { readonly envelope: ErrorEnvelope } | undefined;

/**
 * Reads one frame of either framing by the general path.
 *
 * Errors: throws `protocol` for JSON that is neither an event nor an envelope.
 */
export function parseFrame(json: string, unit: TextUnit): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError("a frame is not an object");
  const frame = value as Readonly<Record<string, unknown>>;
  if (typeof frame["type"] === "string") return { event: fromWireEvent(frame, unit) };
  const envelope = envelopeOf(frame);
  if (envelope === undefined) throw new ProtocolError("a frame is neither an event nor an error envelope");
  return { envelope };
}

/** A typeless object with a code or a message; the daemon leaves out whichever is empty (`execd.md` 1). */
function envelopeOf(frame: Readonly<Record<string, unknown>>): ErrorEnvelope | undefined {
  const { type, code, message } = frame;
  if (type !== undefined) return undefined;
  if (typeof code !== "string" && typeof message !== "string") return undefined;
  return { code: typeof code === "string" ? code : "", message: typeof message === "string" ? message : "" };
}
