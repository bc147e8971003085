import type { Observable, Subscription } from "rxjs";

/** What a spec saw of an Observable. */
export interface Watched<T> {
  readonly values: T[];
  error: unknown;
  isDone: boolean;
  readonly subscription: Subscription;
  /** Settles when the Observable has ended. */
  readonly ended: Promise<Watched<T>>;
}

export function watch<T>(source: Observable<T>): Watched<T> {
  let resolve: (watched: Watched<T>) => void = () => undefined;
  const ended = new Promise<Watched<T>>((given) => {
    resolve = given;
  });
  const values: T[] = [];
  const state = { values, error: undefined as unknown, isDone: false, ended } as {
    -readonly [K in keyof Watched<T>]: Watched<T>[K];
  };
  state.subscription = source.subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => {
      state.error = error;
      resolve(state);
    },
    complete: () => {
      state.isDone = true;
      resolve(state);
    },
  });
  return state;
}

/** Waits until a condition of the other side of a socket holds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (let left = 2000; !condition(); left -= 1) {
    if (left === 0) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
