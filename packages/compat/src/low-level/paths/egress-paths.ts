import type {
  WireCredentialBindingMetadata,
  WireCredentialMetadata,
  WireEgressRule,
  WirePolicyResponse,
  WireVaultCreateRequest,
  WireVaultPatchRequest,
  WireVaultState,
} from "@rxsandbox/protocol";
import type { Empty, Json, Operation } from "./operation.js";

/** Calls of the egress sidecar (`egress.md`), for {@link createEgressClient}. */
export interface EgressPaths {
  "/policy": {
    get: Operation<{ 200: Json<WirePolicyResponse> }>;
    patch: Operation<{ 200: Json<WirePolicyResponse> }, { body: WireEgressRule[] }>;
    delete: Operation<{ 200: Json<WirePolicyResponse> }, { body: string[] }>;
  };
  "/credential-vault": {
    get: Operation<{ 200: Json<WireVaultState> }>;
    post: Operation<{ 201: Json<WireVaultState> }, { body: WireVaultCreateRequest }>;
    patch: Operation<{ 200: Json<WireVaultState> }, { body: WireVaultPatchRequest }>;
    delete: Operation<{ 204: Empty }>;
  };
  "/credential-vault/credentials": {
    get: Operation<{ 200: Json<{ revision: number; credentials: WireCredentialMetadata[] }> }>;
  };
  "/credential-vault/credentials/{credential_name}": {
    get: Operation<{ 200: Json<WireCredentialMetadata> }, { path: { credential_name: string } }>;
  };
  "/credential-vault/bindings": {
    get: Operation<{ 200: Json<{ revision: number; bindings: WireCredentialBindingMetadata[] }> }>;
  };
  "/credential-vault/bindings/{binding_name}": {
    get: Operation<{ 200: Json<WireCredentialBindingMetadata> }, { path: { binding_name: string } }>;
  };
}
