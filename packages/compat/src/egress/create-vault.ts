import type {
  CredentialBindingMetadata as ClientBinding,
  CredentialVault as ClientVault,
  CredentialVaultCreateRequest as ClientCreateRequest,
  CredentialVaultPatchRequest as ClientPatchRequest,
  CredentialVaultState as ClientState,
} from "@rxsandbox/client";
import { map } from "rxjs";
import { call } from "../call.js";
import type {
  CredentialBindingMetadata,
  CredentialMatch,
  CredentialVault,
  CredentialVaultState,
} from "../models/vault.js";

/** Builds the vault of one sandbox; sends nothing. The client checks requests, and no secret shows in an error. */
export function createVault(vault: ClientVault): CredentialVault {
  return {
    create: (request) =>
      call("Create credential vault", () => vault.create(request as ClientCreateRequest).pipe(map(toState))),
    get: () => call("Get credential vault", () => vault.get().pipe(map(toState))),
    patch: (request) =>
      call("Patch credential vault", () => vault.patch(request as ClientPatchRequest).pipe(map(toState))),
    delete: () => call("Delete credential vault", () => vault.delete()),
    listCredentials: () =>
      call("List credentials", () =>
        vault.listCredentials().pipe(map((credentials) => credentials.map((credential) => ({ ...credential })))),
      ),
    getCredential: (name) =>
      call("Get credential", () => vault.getCredential(name).pipe(map((credential) => ({ ...credential })))),
    listBindings: () =>
      call("List credential bindings", () => vault.listBindings().pipe(map((bindings) => bindings.map(toBinding)))),
    getBinding: (name) => call("Get credential binding", () => vault.getBinding(name).pipe(map(toBinding))),
  };
}

function toState({ revision, credentials, bindings }: ClientState): CredentialVaultState {
  return {
    revision,
    credentials: credentials.map((credential) => ({ ...credential })),
    bindings: bindings.map(toBinding),
  };
}

function toBinding({ match, auth, ...binding }: ClientBinding): CredentialBindingMetadata {
  return {
    ...binding,
    ...(match !== undefined && { match: { ...match } as CredentialMatch }),
    ...(auth !== undefined && { auth: { ...auth } }),
  };
}
