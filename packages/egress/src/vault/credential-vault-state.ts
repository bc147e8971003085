import type { WireCredentialBindingMetadata, WireCredentialMatch, WireCredentialMetadata } from "@rxsandbox/protocol";
import { ProtocolError } from "@rxsandbox/transport";

/** What a vault shows of itself: no values (`egress.md` 4.4). Both lists are sorted by name. */
export interface CredentialVaultState {
  /** 1 after a create, one more with every patch; starts over when the vault is made again. */
  readonly revision: number;
  readonly credentials: readonly CredentialMetadata[];
  readonly bindings: readonly CredentialBindingMetadata[];
}

/** What is shown of a credential. */
export interface CredentialMetadata {
  readonly name: string;
  /** `inline`. */
  readonly sourceType: string;
  /** The vault's revision when it was added or last replaced. */
  readonly revision: number;
}

/** What is shown of a binding: not the credential that it uses. */
export interface CredentialBindingMetadata {
  readonly name: string;
  /** The vault's revision, also when this binding was not touched. */
  readonly revision: number;
  /** As the sidecar normalised it, with its defaults. */
  readonly match?: WireCredentialMatch;
  readonly auth?: { readonly type: string; /** The header of `apiKey`. */ readonly name?: string };
}

/** Reads an answer with the whole state; throws a `ProtocolError` when it holds none. */
export function parseVaultState(value: unknown): CredentialVaultState {
  const { revision } = objectOf(value, "credential vault");
  return { revision: revisionOf(revision), credentials: parseCredentials(value), bindings: parseBindings(value) };
}

/** Reads the credentials of an answer. */
export function parseCredentials(value: unknown): readonly CredentialMetadata[] {
  return listOf(objectOf(value, "credential vault")["credentials"], "credentials").map(parseCredential);
}

/** Reads the bindings of an answer. */
export function parseBindings(value: unknown): readonly CredentialBindingMetadata[] {
  return listOf(objectOf(value, "credential vault")["bindings"], "bindings").map(parseBinding);
}

/** Reads one credential; fields that are not known are dropped: what a faulty server lets slip is not handed on. */
export function parseCredential(value: unknown): CredentialMetadata {
  const { name, sourceType, revision } = objectOf(value, "credential") as Partial<WireCredentialMetadata>;
  return {
    name: textOf(name, "credential"),
    sourceType: textOf(sourceType, "credential"),
    revision: revisionOf(revision),
  };
}

/** Reads one binding; fields that are not known are dropped. */
export function parseBinding(value: unknown): CredentialBindingMetadata {
  const { name, revision, match, auth } = objectOf(value, "binding") as Partial<WireCredentialBindingMetadata>;
  return {
    name: textOf(name, "binding"),
    revision: revisionOf(revision),
    ...(match !== undefined && { match: parseMatch(match) }),
    ...(auth !== undefined && {
      auth: {
        type: textOf(objectOf(auth, "binding")["type"], "binding"),
        ...(auth.name !== undefined && { name: textOf(auth.name, "binding") }),
      },
    }),
  };
}

function parseMatch(value: unknown): WireCredentialMatch {
  const { schemes, ports, hosts, methods, paths } = objectOf(value, "binding");
  const texts = (list: unknown): readonly string[] => listOf(list, "binding").map((item) => textOf(item, "binding"));
  return {
    ...(schemes !== undefined && { schemes: texts(schemes) }),
    ...(ports !== undefined && { ports: listOf(ports, "binding").map(revisionOf) }),
    hosts: texts(hosts),
    ...(methods !== undefined && { methods: texts(methods) }),
    ...(paths !== undefined && { paths: texts(paths) }),
  };
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : refuse(what);
}

function listOf(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(what);
}

function textOf(value: unknown, what: string): string {
  return typeof value === "string" ? value : refuse(what);
}

function revisionOf(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) ? value : refuse("credential vault");
}

function refuse(what: string): never {
  throw new ProtocolError(`the answer has no valid ${what}`);
}
