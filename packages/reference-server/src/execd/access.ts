import type { IncomingMessage } from "node:http";

import { isSameSecret } from "../shared/secret-key.js";

/** True when the request carries the access token, or none is configured (`execd.md` 1, Auth). */
export function hasAccess(request: IncomingMessage, accessToken: string | undefined): boolean {
  if (accessToken === undefined) return true;
  const sent = request.headers["x-execd-access-token"];
  if (typeof sent !== "string") return false;
  return isSameSecret(sent, accessToken);
}
