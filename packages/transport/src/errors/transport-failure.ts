import type { TransportFailure, TransportFailureKind } from "../ports/transport.js";

/**
 * Makes the failure that a transport notifies. `sent` is false only when it is certain that no byte of the request
 * left.
 */
export function createTransportFailure(
  kind: TransportFailureKind,
  message: string,
  { sent, cause }: { readonly sent: boolean; readonly cause?: unknown },
): TransportFailure {
  const failure = cause === undefined ? new Error(message) : new Error(message, { cause });
  return Object.assign(failure, { name: "TransportFailure" as const, kind, sent });
}

/**
 * Tells whether a value is a failure below HTTP; structural, since transports need no class of this package, and no
 * `Error` of this realm.
 */
export function isTransportFailure(value: unknown): value is TransportFailure {
  const { name, kind } = Object(value) as Partial<TransportFailure>;
  return name === "TransportFailure" && typeof kind === "string";
}
