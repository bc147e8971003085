import { EMPTY, concatMap, defer, of, repeat, type Observable } from "rxjs";
import { MAX_PAGE_SIZE, type WireSandboxList } from "@rxsandbox/protocol";
import { ProtocolError, type Api } from "@rxsandbox/transport";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import type { ListFilter, ListOptions } from "./list-options.js";
import { metadataFilter } from "./metadata-filter.js";

/** Where a page lies within the whole list. */
export interface Pagination {
  readonly page: number;
  readonly pageSize: number;
  readonly totalItems: number;
  readonly totalPages: number;
  readonly hasNextPage: boolean;
}

/** One page, newest sandbox first. */
export interface SandboxPage {
  readonly items: readonly SandboxInfo[];
  readonly pagination: Pagination;
}

/** Emits one page and completes. */
export function listPage(api: Api, { states, metadata, page, pageSize }: ListOptions): Observable<SandboxPage> {
  return api.json(
    { what: "List sandboxes", method: "GET", path: "/sandboxes", query: { state: states, metadata: metadataFilter(metadata ?? {}), page, pageSize } },
    parsePage,
  );
}

/**
 * Emits every sandbox of every page, one page request after the other, and completes after the last.
 *
 * Pages are no snapshot: what is created meanwhile moves items to the next page, where the repeated ones are left out; what is deleted
 * meanwhile may hide one (`lifecycle.md` 3).
 */
export function listAll(api: Api, filter: ListFilter): Observable<SandboxInfo> {
  return defer(() => {
    // Counted here: a server that echoes another page number must not make this turn in circles.
    let page = 0;
    let hasNextPage = false;
    let previous: ReadonlySet<string> = new Set();
    return defer(() => listPage(api, { ...filter, page: (page += 1), pageSize: MAX_PAGE_SIZE })).pipe(
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

function parsePage(value: unknown): SandboxPage {
  const wire = value as Partial<WireSandboxList> | null;
  if (typeof wire !== "object" || wire === null || !Array.isArray(wire.items)) throw new ProtocolError("The answer holds no list of sandboxes [protocol]");
  const { pagination } = wire;
  if (typeof pagination !== "object" || pagination === null || typeof pagination.hasNextPage !== "boolean") throw new ProtocolError("The answer holds no pagination [protocol]");
  return { items: wire.items.map(parseSandboxInfo), pagination };
}
