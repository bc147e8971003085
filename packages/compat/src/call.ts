import { defer, firstValueFrom, type Observable } from "rxjs";
import { toException } from "./errors/to-exception.js";

/**
 * Starts a call and resolves with its value; rejects, never throws, also for a wrong argument. `what` names the call:
 * `Get sandbox`.
 */
export async function call<T>(
  what: string,
  start: () => Observable<T>,
  explain: (error: unknown, what: string) => unknown = toException,
): Promise<T> {
  try {
    return await firstValueFrom(defer(start));
  } catch (error) {
    throw explain(error, what);
  }
}
