import type { WirePagination } from "@rxsandbox/protocol";
import { checkValue } from "./request-body.js";
import { integer } from "./scalar-rules.js";

/** Which page of a list is asked for (`lifecycle.md` 3). */
export interface Paging {
  readonly page: number;
  readonly pageSize: number;
}

/** Reads `page` and `pageSize`, or throws the 422. */
export function readPaging(query: URLSearchParams): Paging {
  return { page: readCount(query, "page", 1), pageSize: readCount(query, "pageSize", 20, 200) };
}

/** One page of all items; one beyond the end is empty. */
export function pageOf<T, W>(
  items: readonly T[],
  { page, pageSize }: Paging,
  render: (item: T) => W,
): { readonly items: W[]; readonly pagination: WirePagination } {
  const totalPages = Math.ceil(items.length / pageSize);
  return {
    items: items.slice((page - 1) * pageSize, page * pageSize).map(render),
    pagination: { page, pageSize, totalItems: items.length, totalPages, hasNextPage: page < totalPages },
  };
}

/** A whole number of the query, the last of several. */
export function readCount(query: URLSearchParams, name: string, absent: number, maximum?: number): number {
  const value = query.getAll(name).at(-1);
  if (value === undefined) return absent;
  return checkValue(integer({ minimum: 1, ...(maximum === undefined ? {} : { maximum }) }), value, ["query", name]);
}
