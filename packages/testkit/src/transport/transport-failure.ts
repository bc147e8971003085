import type { TransportFailure, TransportFailureKind } from "@rxsandbox/transport";

/**
 * Makes a failure below HTTP as a transport would notify it; `sent` is false only for a refused connection unless
 * given.
 */
export function transportFailure(kind: TransportFailureKind, sent: boolean = kind !== "connect"): TransportFailure {
  return Object.assign(new Error(`scripted failure: ${kind}`), { name: "TransportFailure" as const, kind, sent });
}
