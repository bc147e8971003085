import type { RawCredential } from "./vault-request.js";

/** A credential as the vault keeps it. Its value leaves it only inside a request that it belongs to. */
export interface VaultCredential {
  readonly name: string;
  readonly value: string;
}

/** Checks one credential (`egress.md` 4.3). Throws with the text for the client, which never holds the value. */
export function readVaultCredential(raw: RawCredential): VaultCredential {
  const name = (raw.name ?? "").trim();
  if (name === "") throw new Error("credential name cannot be blank");
  const type = raw.source?.type ?? "";
  if (type !== "" && type !== "inline") throw new Error(`unsupported credential source type ${JSON.stringify(type)}`);
  const value = raw.source?.value ?? "";
  if (value === "") throw new Error(`credential ${JSON.stringify(name)} inline value cannot be empty`);
  return { name, value };
}
