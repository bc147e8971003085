import { nonEmptyListOf, refuseDuplicates, type Read } from "@rxsandbox/transport/calls";

/**
 * Copies a list of entries for a route that takes a map by path.
 *
 * Throws for a path that comes twice: in a map the later entry would replace the earlier one in silence.
 */
export function readByPath<T extends { readonly path: string }>(
  argument: string,
  value: readonly unknown[],
  read: Read<T>,
): Readonly<Record<string, Omit<T, "path">>> {
  const entries = nonEmptyListOf(read)(argument, value);
  refuseDuplicates(
    entries,
    ({ path }) => path,
    (index) => `${argument}[${index}].path`,
  );
  return Object.fromEntries(entries.map(({ path, ...entry }) => [path, entry]));
}
