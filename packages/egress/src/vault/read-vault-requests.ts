import { InvalidArgumentError } from "@rxsandbox/transport";
import { readList, readObject, readText, refuseRepeated } from "../argument.js";
import type { Credential } from "./credential.js";
import type { CredentialBinding } from "./credential-binding.js";
import type {
  CredentialBindingMutationSet,
  CredentialMutationSet,
  CredentialVaultCreateRequest,
  CredentialVaultPatchRequest,
} from "./credential-vault-requests.js";
import { readAuth, referencesOf } from "./read-auth.js";
import { readCredential } from "./read-credential.js";
import { readMatch } from "./read-match.js";

/** Copies what a new vault holds, or throws with the path of what is wrong. A binding may only refer to what the same request brings. */
export function readCreateRequest(given: unknown): Required<CredentialVaultCreateRequest> {
  const request = readObject("request", given, ["credentials", "bindings"]);
  const credentials = readList("credentials", request["credentials"], readCredential);
  const bindings = readList("bindings", request["bindings"], readBinding);
  refuseRepeated(credentials, nameOf, (index) => `credentials[${index}].name`);
  refuseRepeated(bindings, nameOf, (index) => `bindings[${index}].name`);
  const known = new Set(credentials.map(nameOf));
  bindings.forEach(({ auth }, index) => {
    for (const [path, name] of referencesOf(`bindings[${index}].auth`, auth)) {
      if (!known.has(name.trim())) throw new InvalidArgumentError(path, "names no credential of the request");
    }
  });
  return { credentials, bindings };
}

/** Copies a change, or throws with the path of what is wrong. What the vault holds is not known here: the server judges references. */
export function readPatchRequest(given: unknown): CredentialVaultPatchRequest {
  const request = readObject("request", given, ["expectedRevision", "credentials", "bindings"]);
  const expectedRevision = readRevision(request["expectedRevision"]);
  return {
    ...(expectedRevision !== undefined && { expectedRevision }),
    ...(request["credentials"] !== undefined && {
      credentials: readMutations<Credential>(
        "credentials",
        request["credentials"],
        readCredential,
      ) satisfies CredentialMutationSet,
    }),
    ...(request["bindings"] !== undefined && {
      bindings: readMutations<CredentialBinding>(
        "bindings",
        request["bindings"],
        readBinding,
      ) satisfies CredentialBindingMutationSet,
    }),
  };
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

function readBinding(path: string, given: unknown): CredentialBinding {
  const binding = readObject(path, given, ["name", "match", "auth"]);
  return {
    name: readText(`${path}.name`, binding["name"]),
    match: readMatch(`${path}.match`, binding["match"]),
    auth: readAuth(`${path}.auth`, binding["auth"]),
  };
}

interface Mutations<T> {
  readonly delete?: readonly string[];
  readonly replace?: readonly T[];
  readonly add?: readonly T[];
}

/** A name may be in one of the three lists, once (`egress.md` 4.5). */
function readMutations<T extends { readonly name: string }>(
  path: string,
  given: unknown,
  readItem: (path: string, item: unknown) => T,
): Mutations<T> {
  const set = readObject(path, given, ["add", "replace", "delete"]);
  const removed = readList(`${path}.delete`, set["delete"], readText);
  const replaced = readList(`${path}.replace`, set["replace"], readItem);
  const added = readList(`${path}.add`, set["add"], readItem);
  const names = [
    ...removed.map((name, index) => [name.trim(), `${path}.delete[${index}]`] as const),
    ...replaced.map((item, index) => [nameOf(item), `${path}.replace[${index}].name`] as const),
    ...added.map((item, index) => [nameOf(item), `${path}.add[${index}].name`] as const),
  ];
  refuseRepeated(
    names,
    ([name]) => name,
    (index) => names[index]?.[1] ?? path,
  );
  return {
    ...(removed.length > 0 && { delete: removed }),
    ...(replaced.length > 0 && { replace: replaced }),
    ...(added.length > 0 && { add: added }),
  };
}

function readRevision(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("expectedRevision", "must be an integer, 0 or more");
  return value;
}

function nameOf({ name }: { readonly name: string }): string {
  return name.trim();
}
