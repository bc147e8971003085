import { createHash, randomBytes } from "node:crypto";
import { isSameSecret } from "../../shared/secret-key.js";

const KEY_ID = "k";
const MAX_EXPIRES_LENGTH = 13;
const UINT64_MAX = 2n ** 64n - 1n;

/** What is wrong with a signed route: 400 malformed, 401 expired or of another signature (`lifecycle.md` 5.1). */
export interface SignatureFault {
  readonly status: 400 | 401;
  readonly reason: string;
}

/** Signs routes to one port of one sandbox until a second of the clock. */
export interface RouteSignatures {
  /** `/{expires_b36}/{signature}`. */
  sign(sandboxId: string, port: number, expires: bigint): string;
  /** The fault of a route, if it has one. */
  check(
    route: { readonly sandboxId: string; readonly port: number; readonly expires: string; readonly signature: string },
    nowMs: number,
  ): SignatureFault | undefined;
}

/** Makes signatures from a secret of this run; a restart makes them worthless. */
export function routeSignatures(secret: Buffer = randomBytes(32)): RouteSignatures {
  const signature = (sandboxId: string, port: number, expires: string): string => {
    const canonical = Buffer.from(`v1\nshort\n${sandboxId}\n${port}\n${expires}\n`, "utf8");
    const digest = createHash("sha256")
      .update(lengthOf(secret))
      .update(secret)
      .update(lengthOf(canonical))
      .update(canonical)
      .digest("hex");
    return `${digest.slice(0, 8)}${KEY_ID}`;
  };
  return {
    sign(sandboxId, port, expires) {
      const text = expires.toString(36);
      return `/${text}/${signature(sandboxId, port, text)}`;
    },
    check({ sandboxId, port, expires, signature: given }, nowMs) {
      if (
        expires.length > MAX_EXPIRES_LENGTH ||
        !/^[1-9a-z][0-9a-z]*$/.test(expires) ||
        !/^[0-9a-f]{8}[0-9a-z]$/.test(given)
      )
        return { status: 400, reason: "malformed signed route" };
      if (!isSameSecret(given, signature(sandboxId, port, expires)))
        return { status: 401, reason: "signature mismatch" };
      if (fromBase36(expires) * 1000n <= BigInt(Math.floor(nowMs)))
        return { status: 401, reason: "signed route expired" };
      return undefined;
    },
  };
}

/** Whether a second can be signed at all: after now, and of 64 bits. */
export function canExpireAt(expires: bigint, nowMs: number): boolean {
  return expires * 1000n > BigInt(Math.floor(nowMs)) && expires <= UINT64_MAX;
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}

function fromBase36(text: string): bigint {
  return [...text].reduce((value, digit) => value * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
}
