import { Observable, type OperatorFunction } from "rxjs";
import type { SandboxInfo } from "../info/sandbox-info.js";

/** What is different in a list of sandboxes. */
export interface SandboxChanges {
  readonly added: readonly SandboxInfo[];
  /** The sandboxes as they are now. */
  readonly changed: readonly SandboxInfo[];
  /** The sandboxes as they were last seen. */
  readonly removed: readonly SandboxInfo[];
}

/**
 * Turns lists, as `watchAll` emits them, into what is different from the list before. Of the first list, everything is
 * added.
 *
 * Emits nothing where nothing is different. Completes and errors as its source.
 * Bounds: one list.
 */
export function changes(): OperatorFunction<readonly SandboxInfo[], SandboxChanges> {
  return (source) =>
    new Observable((subscriber) => {
      let before: ReadonlyMap<string, SandboxInfo> = new Map();
      return source.subscribe({
        next: (list) => {
          const now = new Map(list.map((info) => [info.id, info]));
          const added = list.filter(({ id }) => !before.has(id));
          const changed = list.filter((info) => before.has(info.id) && !isSameInfo(before.get(info.id)!, info));
          const removed = [...before.values()].filter(({ id }) => !now.has(id));
          before = now;
          if (added.length + changed.length + removed.length > 0) subscriber.next({ added, changed, removed });
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** Whether two answers say the same about a sandbox. */
export function isSameInfo(one: SandboxInfo, other: SandboxInfo): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
