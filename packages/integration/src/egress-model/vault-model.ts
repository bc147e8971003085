/** A vault as the model keeps it: names, the credential of each binding, and revisions. */
export interface ModelVault {
  readonly revision: number;
  /** By name, the revision of the last add or replace. */
  readonly credentials: Readonly<Record<string, number>>;
  /** By name, the credential that it uses. */
  readonly bindings: Readonly<Record<string, string>>;
}

/** Changes of one kind; an item is a name, and for a binding the credential that it uses. */
export interface ModelChanges {
  readonly delete: readonly string[];
  readonly replace: readonly (readonly [name: string, credential: string])[];
  readonly add: readonly (readonly [name: string, credential: string])[];
}

/**
 * One call that changes the vault. `expected` is how its `expectedRevision` lies to the vault's own: absent means that
 * none is sent.
 */
export type VaultStep =
  | {
      readonly kind: "create";
      readonly credentials: readonly string[];
      readonly bindings: readonly (readonly [name: string, credential: string])[];
    }
  | {
      readonly kind: "patch";
      readonly expected?: number;
      readonly credentials: ModelChanges;
      readonly bindings: ModelChanges;
    }
  | { readonly kind: "delete" };

/** What a change leads to. */
export interface VaultOutcome {
  readonly vault: ModelVault | undefined;
  readonly status: 200 | 201 | 204 | 400 | 404 | 409;
}

/** The vault of a sidecar after a change, written down from `egress.md` 4.2 to 4.6 alone. */
export function changeVault(before: ModelVault | undefined, step: VaultStep): VaultOutcome {
  const refuse = (status: 400 | 404 | 409): VaultOutcome => ({ vault: before, status });
  if (step.kind === "create") {
    if (before !== undefined) return refuse(409);
    const names = [step.credentials, step.bindings.map(([name]) => name)];
    if (names.some((list) => new Set(list).size < list.length)) return refuse(400);
    const vault = {
      revision: 1,
      credentials: Object.fromEntries(step.credentials.map((name) => [name, 1])),
      bindings: Object.fromEntries(step.bindings),
    };
    return isWhole(vault) ? { vault, status: 201 } : refuse(400);
  }
  if (before === undefined) return refuse(404);
  if (step.kind === "delete") return { vault: undefined, status: 204 };
  if (step.expected !== undefined && step.expected !== 0) return refuse(409);
  const revision = before.revision + 1;
  const credentials = changed(before.credentials, step.credentials, () => revision);
  const bindings = changed(before.bindings, step.bindings, (credential) => credential);
  if (credentials === undefined || bindings === undefined) return refuse(400);
  const vault = { revision, credentials, bindings };
  return isWhole(vault) ? { vault, status: 200 } : refuse(400);
}

/** 4.5: a name once in all; what is deleted or replaced exists, what is added does not. */
function changed<T>(
  stored: Readonly<Record<string, T>>,
  changes: ModelChanges,
  valueOf: (credential: string) => T,
): Readonly<Record<string, T>> | undefined {
  const [replaced, added] = [changes.replace.map(([name]) => name), changes.add.map(([name]) => name)];
  const mentioned = [...changes.delete, ...replaced, ...added];
  if (new Set(mentioned).size < mentioned.length) return undefined;
  if ([...changes.delete, ...replaced].some((name) => !(name in stored)) || added.some((name) => name in stored))
    return undefined;
  const kept = Object.entries(stored).filter(([name]) => !mentioned.includes(name));
  return Object.fromEntries([
    ...kept,
    ...[...changes.replace, ...changes.add].map(([name, credential]) => [name, valueOf(credential)] as const),
  ]);
}

/** 4.3: no binding refers to a credential that is not there. */
function isWhole({ credentials, bindings }: ModelVault): boolean {
  return Object.values(bindings).every((credential) => credential in credentials);
}
