import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** True when the request carries the access token, or none is configured (`execd.md` 1, Auth). */
export function hasAccess(request: IncomingMessage, accessToken: string | undefined): boolean {
  if (accessToken === undefined) return true;
  const sent = request.headers["x-execd-access-token"];
  if (typeof sent !== "string") return false;
  // Digests have one length, so the comparison tells nothing about the token's.
  return timingSafeEqual(digest(sent), digest(accessToken));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
