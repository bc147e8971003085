/**
 * Returns the marked objects of this name, the same for every copy of this package in the program.
 *
 * A program may load both the ES modules and the CommonJS build: what emits an event is then not what reads it.
 */
export function sharedMarks<T extends object>(name: string): WeakSet<T> {
  const registry = globalThis as { [key: symbol]: WeakSet<T> | undefined };
  return (registry[Symbol.for(`rxsandbox.dev/${name}`)] ??= new WeakSet<T>());
}
