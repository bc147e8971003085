import { InvalidArgumentError } from "@rxsandbox/transport";
import {
  integerFrom,
  listOf,
  objectOf,
  oneOf,
  readOptions,
  readString,
  readText,
  refuseDuplicates,
  type Read,
} from "@rxsandbox/transport/calls";
import type { CredentialBinding } from "./credential-binding.js";
import type { CredentialVaultCreateRequest, CredentialVaultPatchRequest } from "./credential-vault-requests.js";
import { readAuth, referencesOf } from "./read-auth.js";
import { readMatch } from "./read-match.js";

const readSource = objectOf({ type: oneOf("inline") }, { value: readSecret });
const readBinding = objectOf({}, { name: readText, match: readMatch, auth: readAuth });

/** Copies a credential (`egress.md` 4.3); its value is in no message. */
const readCredential = objectOf(
  {},
  {
    name: readText,
    source: (path, value) => ({ type: "inline" as const, value: readSource(path, value).value }),
  },
);

/**
 * Copies what a new vault holds, or throws with the path of what is wrong. A binding may only refer to what the same
 * request brings.
 */
export function readCreateRequest(given: unknown): Required<CredentialVaultCreateRequest> {
  const { credentials = [], bindings = [] } = readOptions(given, {
    credentials: listOf(readCredential),
    bindings: listOf(readBinding),
  });
  refuseDuplicates(credentials, nameOf, (index) => `credentials[${index}].name`);
  refuseDuplicates(bindings, nameOf, (index) => `bindings[${index}].name`);
  const known = new Set(credentials.map(nameOf));
  bindings.forEach(({ auth }: CredentialBinding, index) => {
    for (const [path, name] of referencesOf(`bindings[${index}].auth`, auth)) {
      if (!known.has(name.trim())) throw new InvalidArgumentError(path, "names no credential of the request");
    }
  });
  return { credentials, bindings };
}

/**
 * Copies a change, or throws with the path of what is wrong. What the vault holds is not known here: the server judges
 * references.
 */
export function readPatchRequest(given: unknown): CredentialVaultPatchRequest {
  return readOptions(given, {
    expectedRevision: integerFrom(0),
    credentials: mutationsOf(readCredential),
    bindings: mutationsOf(readBinding),
  });
}

/** The secrets of a request. */
export function secretsOf({
  credentials,
}: CredentialVaultCreateRequest | CredentialVaultPatchRequest): readonly string[] {
  const given =
    credentials === undefined
      ? []
      : "length" in credentials
        ? credentials
        : [...(credentials.replace ?? []), ...(credentials.add ?? [])];
  return given.map(({ source }) => source.value);
}

interface Mutations<T> {
  readonly delete?: readonly string[];
  readonly replace?: readonly T[];
  readonly add?: readonly T[];
}

/** A name may be in one of the three lists, once (`egress.md` 4.5). */
function mutationsOf<T extends { readonly name: string }>(readItem: Read<T>): Read<Mutations<T>> {
  const readSet = objectOf({ delete: listOf(readText), replace: listOf(readItem), add: listOf(readItem) });
  return (path, value) => {
    const { delete: removed = [], replace: replaced = [], add: added = [] } = readSet(path, value);
    const names = [
      ...removed.map((name, index) => [name.trim(), `${path}.delete[${index}]`] as const),
      ...replaced.map((item, index) => [nameOf(item), `${path}.replace[${index}].name`] as const),
      ...added.map((item, index) => [nameOf(item), `${path}.add[${index}].name`] as const),
    ];
    refuseDuplicates(
      names,
      ([name]) => name,
      (index) => names[index]?.[1] ?? path,
    );
    return {
      ...(removed.length > 0 && { delete: removed }),
      ...(replaced.length > 0 && { replace: replaced }),
      ...(added.length > 0 && { add: added }),
    };
  };
}

function readSecret(path: string, value: unknown): string {
  const secret = readString(path, value);
  if (secret === "") throw new InvalidArgumentError(path, "must not be empty");
  // It becomes the value of a header; the line end of a file that it was read from would break the request.
  if (/[\r\n\0]/.test(secret)) throw new InvalidArgumentError(path, "must not contain line breaks");
  return secret;
}

function nameOf({ name }: { readonly name: string }): string {
  return name.trim();
}
