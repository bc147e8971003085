import { createHmac, randomBytes } from "node:crypto";
import { isSameSecret } from "../../shared/secret-key.js";

/** Tokens of direct endpoints: each opens one port of one sandbox (`architecture.md` 6, Safety). */
export interface EndpointTokens {
  tokenFor(sandboxId: string, port: number): string;
  isValid(token: string, sandboxId: string, port: number): boolean;
}

/** Makes tokens from a secret of this run; a restart makes them worthless. */
export function endpointTokens(): EndpointTokens {
  const secret = randomBytes(32);
  const tokenFor = (sandboxId: string, port: number): string =>
    createHmac("sha256", secret).update(`${sandboxId}\n${port}`).digest("base64url");
  return { tokenFor, isValid: (token, sandboxId, port) => isSameSecret(token, tokenFor(sandboxId, port)) };
}
