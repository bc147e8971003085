/** The key of `await using`; `never` in a program whose `lib` does not have it. */
type DisposeKey = typeof Symbol extends { readonly asyncDispose: infer Key extends symbol } ? Key : never;

/**
 * `[Symbol.asyncDispose]`, for `await using`, where the program's `lib` has that symbol.
 *
 * A declaration that names the symbol itself does not compile with `lib: ["es2022", "dom"]`.
 */
export type AsyncDisposal = { readonly [Key in DisposeKey]: () => Promise<void> };

/** The member that `await using` calls; none on platforms without `Symbol.asyncDispose`. */
export function createAsyncDisposal(dispose: () => Promise<void>): AsyncDisposal {
  const key: symbol | undefined = Symbol.asyncDispose;
  return (key === undefined ? {} : { [key]: dispose }) as AsyncDisposal;
}
