import { createEgress } from "../../egress/create-egress.js";
import { createVault } from "../../egress/create-vault.js";
import type { Egress } from "../../models/egress.js";
import type { CredentialVault } from "../../models/vault.js";
import type { EgressClient } from "../clients.js";
import { handleOver, createHandleOverFetch, type RawHttpOptions } from "../handle-over.js";
import { createAdapterClass, type MethodNames } from "./adapter-class.js";

const methods: MethodNames<Egress & CredentialVault> = {
  getPolicy: true,
  patchRules: true,
  deleteRules: true,
  create: true,
  get: true,
  patch: true,
  delete: true,
  listCredentials: true,
  getCredential: true,
  listBindings: true,
  getBinding: true,
};

/** The egress policy over a typed client, and the vault through `rawHttp` where that is given. */
export const EgressAdapter = createAdapterClass(
  "EgressAdapter",
  methods,
  (client: EgressClient, rawHttp?: RawHttpOptions): Egress & CredentialVault => {
    const handle = handleOver(client);
    return {
      ...createEgress(handle),
      ...createVault((rawHttp === undefined ? handle : createHandleOverFetch(rawHttp)).credentialVault),
    };
  },
);
export type EgressAdapter = Egress & CredentialVault;
