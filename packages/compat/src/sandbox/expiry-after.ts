import { InvalidArgumentException } from "../errors/exceptions.js";

/**
 * The instant that is `timeoutSeconds` from now by the local clock, as the wire has it. Throws
 * `InvalidArgumentException`.
 */
export function expiryAfter(timeoutSeconds: number): string {
  const expiry = new Date(Date.now() + timeoutSeconds * 1000);
  if (Number.isNaN(expiry.getTime()))
    throw new InvalidArgumentException({ message: `timeoutSeconds must be a finite number, got ${timeoutSeconds}` });
  return expiry.toISOString();
}
