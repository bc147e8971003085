/** What many attacks share, and what any of them may end. */
export interface Lasting<T> {
  /** The one there is while it lives, else a new one, so that a failed test does not fail those after it. */
  get(): Promise<T>;
  close(): Promise<void>;
}

/** Makes a {@link Lasting}; `check` rejects for what is dead. */
export function lasting<T>({
  start,
  check,
  close,
}: {
  readonly start: () => Promise<T>;
  readonly check: (value: T) => Promise<void>;
  readonly close: (value: T) => Promise<void>;
}): Lasting<T> {
  let current: T | undefined;
  const end = async (): Promise<void> => {
    const ended = current;
    current = undefined;
    if (ended !== undefined) await close(ended);
  };
  return {
    async get() {
      if (
        current !== undefined &&
        !(await check(current).then(
          () => true,
          () => false,
        ))
      )
        await end();
      return (current ??= await start());
    },
    close: end,
  };
}
