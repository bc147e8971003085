/** Changes of one kind, each item checked. */
export interface Mutations<T> {
  readonly add: readonly T[];
  readonly replace: readonly T[];
  readonly delete: readonly string[];
}

/**
 * Applies changes to what is stored: deletes, then replaces, then adds (`egress.md` 4.5). Throws with the text for the
 * client; the argument stays as it was.
 */
export function applyMutations<T extends { readonly name: string }>(
  kind: "credential" | "binding",
  stored: ReadonlyMap<string, T>,
  changes: Mutations<T>,
): Map<string, T> {
  const removed = changes.delete.map((name) => name.trim());
  if (removed.includes("")) throw new Error(`${kind} delete name cannot be blank`);
  const mentioned = new Set<string>();
  for (const [operation, names] of [
    ["delete", removed],
    ["replace", changes.replace.map(nameOf)],
    ["add", changes.add.map(nameOf)],
  ] as const) {
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) throw new Error(`duplicate ${kind} ${operation} name ${JSON.stringify(repeated)}`);
    const again = names.find((name) => mentioned.has(name));
    if (again !== undefined) throw new Error(`${kind} ${JSON.stringify(again)} mentioned by multiple operations`);
    for (const name of names) mentioned.add(name);
  }
  const next = new Map(stored);
  for (const name of [...removed, ...changes.replace.map(nameOf)])
    if (!stored.has(name)) throw new Error(`${kind} ${JSON.stringify(name)} does not exist`);
  for (const name of removed) next.delete(name);
  for (const item of changes.replace) next.set(item.name, item);
  for (const item of changes.add) {
    if (next.has(item.name)) throw new Error(`${kind} ${JSON.stringify(item.name)} already exists`);
    next.set(item.name, item);
  }
  return next;
}

/** Collects items by name; throws for a duplicate name. */
export function byName<T extends { readonly name: string }>(
  kind: "credential" | "binding",
  items: readonly T[],
): Map<string, T> {
  const found = new Map<string, T>();
  for (const item of items) {
    if (found.has(item.name)) throw new Error(`duplicate ${kind} name ${JSON.stringify(item.name)}`);
    found.set(item.name, item);
  }
  return found;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
