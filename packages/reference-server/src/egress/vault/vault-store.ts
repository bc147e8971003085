import type { WireCredentialBindingMetadata, WireCredentialMetadata, WireVaultState } from "@rxsandbox/protocol";
import type { PolicyDocument } from "../policy-document.js";
import { RefusedChange, refuseWith } from "../refused-change.js";
import { applyMutations, byName } from "./apply-mutations.js";
import { checkBindings, checkCoverage, type InterceptedTraffic } from "./check-bindings.js";
import { readVaultBinding, type VaultBinding } from "./vault-binding.js";
import { readVaultCredential, type VaultCredential } from "./vault-credential.js";
import { parseVaultCreate, parseVaultMutation } from "./vault-request.js";

interface StoredCredential extends VaultCredential {
  /** The vault's revision when it was added or last replaced. */
  readonly revision: number;
}

interface Vault {
  readonly revision: number;
  readonly credentials: ReadonlyMap<string, StoredCredential>;
  readonly bindings: ReadonlyMap<string, VaultBinding>;
}

/** What the interception uses of a vault. */
export interface ActiveVault {
  readonly bindings: readonly VaultBinding[];
  /** The value of a credential that a binding refers to. */
  valueOf(credential: string): string;
}

/**
 * The credential vault of one sidecar (`egress.md` 4): in memory, changed as a whole or not at all, and closed to
 * reading.
 */
export class VaultStore {
  readonly #policy: () => PolicyDocument;
  readonly #traffic: InterceptedTraffic;
  #vault: Vault | undefined;

  constructor(policy: () => PolicyDocument, traffic: InterceptedTraffic) {
    this.#policy = policy;
    this.#traffic = traffic;
  }

  /** What `GET /credential-vault` answers. */
  describe(): WireVaultState {
    const { revision, credentials, bindings } = this.#existing();
    return {
      revision,
      credentials: sorted(credentials).map((item): WireCredentialMetadata => ({
        name: item.name,
        sourceType: "inline",
        revision: item.revision,
      })),
      bindings: sorted(bindings).map(({ name, match, auth }): WireCredentialBindingMetadata => ({
        name,
        revision,
        match,
        auth,
      })),
    };
  }

  /** POST: makes the vault. */
  create(body: string): WireVaultState {
    const raw = refuseWith("invalid credential vault request: ", () => parseVaultCreate(body));
    if (this.#vault !== undefined) throw new RefusedChange(409, "credential vault already exists");
    const revision = 1;
    this.#vault = refuseWith("", () => {
      const credentials = byName(
        "credential",
        (raw.credentials ?? []).map((item) => ({ ...readVaultCredential(item), revision })),
      );
      const bindings = byName("binding", (raw.bindings ?? []).map(readVaultBinding));
      return this.#checked({ revision, credentials, bindings });
    });
    return this.describe();
  }

  /**
   * PATCH: one revision more, even if nothing is asked for. A conflict is one of revisions, whatever a text holds
   * (`divergences.md` G13).
   */
  patch(body: string): WireVaultState {
    const raw = refuseWith("invalid credential vault mutation request: ", () => parseVaultMutation(body));
    const { revision: current, credentials, bindings } = this.#existing();
    if (raw.expectedRevision !== undefined && raw.expectedRevision !== current) {
      throw new RefusedChange(
        409,
        `expectedRevision ${raw.expectedRevision} does not match current revision ${current}`,
      );
    }
    const revision = current + 1;
    const readCredential = (item: Parameters<typeof readVaultCredential>[0]): StoredCredential => ({
      ...readVaultCredential(item),
      revision,
    });
    this.#vault = refuseWith("", () =>
      this.#checked({
        revision,
        credentials: applyMutations("credential", credentials, mutations(raw.credentials, readCredential)),
        bindings: applyMutations("binding", bindings, mutations(raw.bindings, readVaultBinding)),
      }),
    );
    return this.describe();
  }

  /** DELETE: no revision guards it, and the next vault starts at 1 again (`egress.md` 4.6). */
  remove(): void {
    this.#existing();
    this.#vault = undefined;
  }

  /** Refuses a policy that would leave a host of a binding without its allow rule (`egress.md` 3.5). */
  checkPolicy(policy: PolicyDocument): void {
    refuseWith("credential vault policy validation: ", () => checkCoverage(sorted(this.#vault?.bindings), policy));
  }

  /** For the interception alone. */
  active(): ActiveVault | undefined {
    const vault = this.#vault;
    if (vault === undefined) return undefined;
    return {
      bindings: [...vault.bindings.values()],
      valueOf: (credential) => vault.credentials.get(credential)?.value ?? "",
    };
  }

  #existing(): Vault {
    if (this.#vault === undefined) throw new RefusedChange(404, "credential vault not found");
    return this.#vault;
  }

  #checked(vault: Vault): Vault {
    checkBindings(sorted(vault.bindings), new Set(vault.credentials.keys()), this.#policy(), this.#traffic);
    return vault;
  }
}

function mutations<R, T>(
  raw:
    { readonly add?: readonly R[]; readonly replace?: readonly R[]; readonly delete?: readonly string[] } | undefined,
  read: (item: R) => T,
) {
  return { delete: raw?.delete ?? [], replace: (raw?.replace ?? []).map(read), add: (raw?.add ?? []).map(read) };
}

function sorted<T extends { readonly name: string }>(items: ReadonlyMap<string, T> | undefined): readonly T[] {
  return [...(items?.values() ?? [])].sort((one, other) => (one.name < other.name ? -1 : 1));
}
