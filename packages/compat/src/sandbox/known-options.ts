/** The options that were given, by name: what else an object holds, or holds as `undefined`, means nothing. */
export function knownOptions<T extends object, K extends keyof T>(
  options: T,
  names: readonly K[],
): { [P in K]?: Exclude<T[P], undefined> } {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as { [P in K]?: Exclude<T[P], undefined> };
}
