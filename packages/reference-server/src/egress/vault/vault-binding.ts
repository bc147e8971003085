import { readBindingHost } from "./binding-host.js";
import { readHeaderName } from "./binding-header.js";
import type { RawBinding } from "./vault-request.js";

/** A binding as the vault keeps it, normalised. */
export interface VaultBinding {
  readonly name: string;
  readonly match: {
    readonly schemes: readonly string[];
    readonly ports: readonly number[];
    readonly hosts: readonly string[];
    readonly methods: readonly string[];
    readonly paths: readonly string[];
  };
  /** What is shown of it (`egress.md` 4.4). */
  readonly auth: { readonly type: string; readonly name?: string };
  /** What it puts into a request: the value is `prefix` and that of the credential. */
  readonly headers: readonly { readonly name: string; readonly prefix: string; readonly credential: string }[];
}

/** Checks and normalises one binding (`egress.md` 4.3). Throws with the text for the client. */
export function readVaultBinding(raw: RawBinding): VaultBinding {
  const name = (raw.name ?? "").trim();
  if (name === "") throw new Error("binding name cannot be blank");
  try {
    return { name, match: readMatch(raw.match ?? {}), ...readAuth(raw.auth ?? {}) };
  } catch (error) {
    throw new Error(`binding ${JSON.stringify(name)}: ${(error as Error).message}`, { cause: error });
  }
}

function readMatch(raw: NonNullable<RawBinding["match"]>): VaultBinding["match"] {
  if ((raw.hosts ?? []).length === 0) throw new Error("match.hosts cannot be empty");
  return {
    schemes: normalise(raw.schemes, ["https"], readScheme),
    ports: normalise(raw.ports, [443], readPort),
    hosts: normalise(raw.hosts, [], readBindingHost),
    methods: normalise(raw.methods, ["GET", "POST", "PUT", "PATCH", "DELETE"], readMethod),
    paths: normalise(raw.paths, ["/*"], readPath),
  };
}

/** Nothing and an empty list are the default; what is equal after normalising is there once. */
function normalise<T>(items: readonly T[] | undefined, standard: readonly T[], read: (item: T) => T): readonly T[] {
  return [...new Set((items === undefined || items.length === 0 ? standard : items).map(read))];
}

function readScheme(raw: string): string {
  const scheme = raw.trim().toLowerCase();
  if (scheme !== "http" && scheme !== "https") throw new Error(`unsupported scheme ${JSON.stringify(raw.trim())}`);
  return scheme;
}

function readPort(port: number): number {
  if (port < 1 || port > 65_535) throw new Error(`invalid port ${port}`);
  return port;
}

function readMethod(raw: string): string {
  const method = raw.trim().toUpperCase();
  if (method === "") throw new Error("match.methods cannot contain a blank method");
  return method;
}

function readPath(raw: string): string {
  const path = raw.trim();
  if (!path.startsWith("/")) throw new Error("path pattern must start with /");
  return path;
}

function readAuth(raw: NonNullable<RawBinding["auth"]>): Pick<VaultBinding, "auth" | "headers"> {
  const type = raw.type ?? "";
  const credential = (raw.credential ?? "").trim();
  switch (type) {
    case "bearer":
      return { auth: { type }, headers: [{ name: "Authorization", prefix: "Bearer ", credential }] };
    case "basic":
      return { auth: { type }, headers: [{ name: "Authorization", prefix: "Basic ", credential }] };
    case "apiKey": {
      const name = readHeaderName(raw.name ?? "");
      return { auth: { type, name }, headers: [{ name, prefix: "", credential }] };
    }
    case "customHeaders":
      return { auth: { type }, headers: readCustomHeaders(raw.headers ?? []) };
    default:
      throw new Error(`unsupported auth type ${JSON.stringify(type)}`);
  }
}

function readCustomHeaders(
  raw: readonly { readonly name?: string; readonly credential?: string }[],
): VaultBinding["headers"] {
  if (raw.length === 0) throw new Error("customHeaders auth requires headers");
  const seen = new Set<string>();
  return raw.map((header) => {
    const name = readHeaderName(header.name ?? "");
    if (seen.has(name)) throw new Error(`duplicate custom header name ${JSON.stringify(name)}`);
    seen.add(name);
    return { name, prefix: "", credential: (header.credential ?? "").trim() };
  });
}
