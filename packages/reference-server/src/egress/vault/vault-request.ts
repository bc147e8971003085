import type { WireCredentialAuth, WireCredentialMatch } from "@rxsandbox/protocol";
import { decodeJson, type GoType, goInt, goInt64, goString } from "../../shared/go-json/decode-json.js";
import { parseJson } from "../../shared/go-json/parse-json.js";

/** A credential as it came. */
export interface RawCredential {
  readonly name?: string;
  readonly source?: { readonly type?: string; readonly value?: string };
}

/** A binding as it came. */
export interface RawBinding {
  readonly name?: string;
  readonly match?: Partial<WireCredentialMatch>;
  readonly auth?: Partial<WireCredentialAuth>;
}

/** Changes of one kind as they came. */
export interface RawMutations<T> {
  readonly add?: readonly T[];
  readonly replace?: readonly T[];
  readonly delete?: readonly string[];
}

/** The body of `POST /credential-vault` as it came. */
export interface RawVaultCreate {
  readonly credentials?: readonly RawCredential[];
  readonly bindings?: readonly RawBinding[];
}

/** The body of `PATCH /credential-vault` as it came. */
export interface RawVaultMutation {
  readonly expectedRevision?: number;
  readonly credentials?: RawMutations<RawCredential>;
  readonly bindings?: RawMutations<RawBinding>;
}

/** Parses what a new vault holds; what follows the first JSON value is ignored. Throws with the decoder's text. */
export function parseVaultCreate(text: string): RawVaultCreate {
  return parse(text, CREATE) as RawVaultCreate;
}

/** Parses a change of the vault. Throws with the decoder's text. */
export function parseVaultMutation(text: string): RawVaultMutation {
  return parse(text, MUTATION) as RawVaultMutation;
}

function parse(text: string, type: GoType): unknown {
  return decodeJson(parseJson(text, "first"), type, { unknownFields: "refuse" }) ?? {};
}

const struct = (name: string, fields: Readonly<Record<string, GoType>>): GoType => ({
  kind: "struct",
  name: `credentialvault.${name}`,
  fields,
});
const slice = (items: GoType, name: string): GoType => ({ kind: "slice", name: `[]${name}`, items });
const TEXTS = slice(goString, "string");

const CREDENTIAL = struct("Credential", {
  name: goString,
  source: struct("CredentialSource", { type: goString, value: goString }),
});
const MATCH = struct("CredentialMatch", {
  schemes: TEXTS,
  ports: slice(goInt, "int"),
  hosts: TEXTS,
  methods: TEXTS,
  paths: TEXTS,
});
const HEADER = struct("CustomHeader", { name: goString, credential: goString });
const AUTH = struct("CredentialAuth", {
  type: goString,
  name: goString,
  credential: goString,
  headers: slice(HEADER, "credentialvault.CustomHeader"),
});
const BINDING = struct("CredentialBinding", { name: goString, match: MATCH, auth: AUTH });
const CREDENTIALS = slice(CREDENTIAL, "credentialvault.Credential");
const BINDINGS = slice(BINDING, "credentialvault.CredentialBinding");
const mutations = (name: string, items: GoType): GoType => struct(name, { add: items, replace: items, delete: TEXTS });

const CREATE = struct("CreateRequest", { credentials: CREDENTIALS, bindings: BINDINGS });
const MUTATION = struct("MutationRequest", {
  expectedRevision: goInt64,
  credentials: mutations("CredentialMutationSet", CREDENTIALS),
  bindings: mutations("BindingMutationSet", BINDINGS),
});
