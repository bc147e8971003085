import type { Observable } from "rxjs";
import { MAX_PAGE_SIZE } from "@rxsandbox/protocol";
import type { Api } from "@rxsandbox/transport";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import { everyPage, parsePage, type Page } from "./every-page.js";
import type { ListFilter, ListOptions } from "./list-options.js";

/** One page, newest sandbox first. */
export interface SandboxPage extends Page<SandboxInfo> {}

/** Emits one page and completes. */
export function listPage(api: Api, { states, metadata, page, pageSize }: ListOptions): Observable<SandboxPage> {
  return api.json(
    {
      what: "List sandboxes",
      method: "GET",
      path: "/sandboxes",
      query: { state: states, metadata: metadataFilter(metadata ?? {}), page, pageSize },
    },
    (value) => parsePage(value, "sandboxes", parseSandboxInfo),
  );
}

/** Emits every sandbox of every page; see {@link everyPage}. */
export function listAll(api: Api, filter: ListFilter): Observable<SandboxInfo> {
  return everyPage((page) => listPage(api, { ...filter, page, pageSize: MAX_PAGE_SIZE }));
}

/**
 * Writes a metadata filter: key and value encoded once each and joined (divergence L16). The query layer then encodes
 * the whole once more.
 */
export function metadataFilter(metadata: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(metadata).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? undefined : pairs.join("&");
}
