import { EMPTY, concatMap, defer, of, repeat, type Observable } from "rxjs";
import type { WirePagination } from "@rxsandbox/protocol";
import { ProtocolError } from "@rxsandbox/transport";

/** Where a page lies within the whole list. */
export interface Pagination {
  readonly page: number;
  readonly pageSize: number;
  readonly totalItems: number;
  readonly totalPages: number;
  readonly hasNextPage: boolean;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: Pagination;
}

/**
 * Emits every item of every page, one page request after the other, and completes after the last.
 *
 * Pages are no snapshot: what is created meanwhile moves items to the next page, where the repeated ones are left out;
 * what is deleted meanwhile may hide one (`lifecycle.md` 3).
 */
export function everyPage<T extends { readonly id: string }>(
  fetchPage: (page: number) => Observable<Page<T>>,
): Observable<T> {
  return defer(() => {
    // Counted here: a server that echoes another page number must not make this turn in circles.
    let page = 0;
    let hasNextPage = false;
    let previous: ReadonlySet<string> = new Set();
    return defer(() => fetchPage((page += 1))).pipe(
      concatMap(({ items, pagination }) => {
        const fresh = items.filter(({ id }) => !previous.has(id));
        previous = new Set(items.map(({ id }) => id));
        hasNextPage = pagination.hasNextPage && items.length > 0;
        return fresh;
      }),
      repeat({ delay: () => (hasNextPage ? of(page) : EMPTY) }),
    );
  });
}

/** Reads a page of the wire; throws a `ProtocolError` when it has no items or no pagination. */
export function parsePage<T>(value: unknown, what: string, parseItem: (value: unknown) => T): Page<T> {
  const wire = value as { readonly items?: unknown; readonly pagination?: WirePagination } | null;
  if (typeof wire !== "object" || wire === null || !Array.isArray(wire.items))
    throw new ProtocolError(`the answer has no list of ${what}`);
  const { pagination } = wire;
  if (typeof pagination !== "object" || pagination === null || typeof pagination.hasNextPage !== "boolean")
    throw new ProtocolError("the answer has no pagination");
  return { items: wire.items.map(parseItem), pagination };
}
