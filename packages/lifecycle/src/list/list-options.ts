import { MAX_PAGE_SIZE } from "@rxsandbox/protocol";
import { readCount, readList, readObject, readText, readTextMap } from "../argument.js";

/** Which sandboxes to list (`lifecycle.md` 3). */
export interface ListFilter {
  /** Any of these states, in any case; all when absent or empty. */
  readonly states?: readonly string[];
  /** All of these labels, exactly. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Which page of them. */
export interface ListOptions extends ListFilter {
  /** From 1; 1 when absent. */
  readonly page?: number;
  /** 1 to 200; the server's default is 20. */
  readonly pageSize?: number;
}

/** Copies list options, or throws with the name of the wrong one. */
export function readListOptions(options: ListOptions): ListOptions {
  const { states, metadata, page, pageSize } = readObject("options", options, [
    "states",
    "metadata",
    "page",
    "pageSize",
  ]);
  return {
    ...(states !== undefined && {
      states: readList("states", states).map((state, index) => readText(`states[${index}]`, state)),
    }),
    ...(metadata !== undefined && { metadata: readTextMap("metadata", metadata) ?? {} }),
    ...(page !== undefined && { page: readCount("page", page) }),
    ...(pageSize !== undefined && { pageSize: readCount("pageSize", pageSize, MAX_PAGE_SIZE) }),
  };
}
