import { Subscription, type Observable } from "rxjs";
import { vi } from "vitest";
import type { SandboxError } from "@rxsandbox/transport";

/** What some work told its subscriber within two minutes of fake time. */
export async function outcome<T>(
  work: Observable<T>,
): Promise<{ readonly values: readonly T[]; readonly error: SandboxError | undefined }> {
  const values: T[] = [];
  let error: SandboxError | undefined;
  const subscription = new Subscription();
  subscription.add(
    work.subscribe({
      next: (value) => values.push(value),
      error: (thrown: unknown) => (error = thrown as SandboxError),
    }),
  );
  await vi.advanceTimersByTimeAsync(120_000);
  return { values, error };
}
