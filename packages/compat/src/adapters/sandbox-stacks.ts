import { DEFAULT_EGRESS_PORT, DEFAULT_EXECD_PORT } from "../constants.js";
import type { ConnectionConfig } from "../connection/connection-config.js";
import type { Endpoint, SandboxId } from "../models/lifecycle.js";
import type { IsolationService } from "../models/isolation.js";
import type { Sandboxes } from "../models/sandboxes.js";
import type { CredentialVault } from "../models/vault.js";
import type { AdapterFactory, EgressStack, ExecdStack } from "./adapter-factory.js";

/** The services of one sandbox. */
export type SandboxStacks = Required<ExecdStack> & Required<EgressStack>;

/** Builds the services of a sandbox with a caller's factory: looks up both addresses, and asks for each stack once. */
export async function createStacks(
  factory: AdapterFactory,
  connectionConfig: ConnectionConfig,
  sandboxes: Sandboxes,
  id: SandboxId,
): Promise<SandboxStacks> {
  const locate = (port: number): Promise<Endpoint> =>
    sandboxes.getSandboxEndpoint(id, port, connectionConfig.useServerProxy);
  const daemon = await locate(DEFAULT_EXECD_PORT);
  const sidecar = await locate(DEFAULT_EGRESS_PORT);
  const urlOf = ({ endpoint }: Endpoint): string => `${connectionConfig.protocol}://${endpoint}`;
  const headersOf = ({ headers }: Endpoint) => headers !== undefined && { endpointHeaders: headers };
  const { isolation = unavailable<IsolationService>("Isolation", isolationCalls), ...execd } = factory.createExecdStack(
    { connectionConfig, execdBaseUrl: urlOf(daemon), ...headersOf(daemon) },
  );
  const { egress, credentialVault = vaultOf(egress) } = factory.createEgressStack({
    connectionConfig,
    egressBaseUrl: urlOf(sidecar),
    ...headersOf(sidecar),
  });
  return { ...execd, isolation, egress, credentialVault };
}

const vaultCalls = [
  "create",
  "get",
  "patch",
  "delete",
  "listCredentials",
  "getCredential",
  "listBindings",
  "getBinding",
] as const satisfies readonly (keyof CredentialVault)[];
const isolationCalls = [
  "create",
  "attach",
  "capabilities",
  "list",
  "runOnce",
  "withSession",
] as const satisfies readonly (keyof IsolationService)[];

/** The vault of an adapter that serves the policy and the vault in one object, as the official one does. */
function vaultOf(egress: EgressStack["egress"] & Partial<CredentialVault>): CredentialVault {
  return vaultCalls.every((name) => typeof egress[name] === "function")
    ? (egress as EgressStack["egress"] & CredentialVault)
    : unavailable("Credential Vault", vaultCalls);
}

/** A service each call of which rejects. */
function unavailable<T extends object>(what: string, calls: readonly (keyof T)[]): T {
  const refuse = () => Promise.reject(new Error(`${what} is not available: the adapter factory does not provide it`));
  return Object.fromEntries(calls.map((name) => [name, refuse])) as T;
}
