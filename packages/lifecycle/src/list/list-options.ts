import { MAX_PAGE_SIZE } from "@rxsandbox/protocol";
import { integerFrom, listOf, mapOf, readOptions, readString, readText, type Read } from "@rxsandbox/transport/calls";

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

/** Names of states. */
export const readStates: Read<readonly string[]> = listOf(readText);

/** Which page of any list. */
export const pageReads = { page: integerFrom(1), pageSize: integerFrom(1, MAX_PAGE_SIZE) };

const filterReads = { states: readStates, metadata: mapOf(readString) };

/** Copies a filter, or throws with the name of the wrong option. */
export function readListFilter(filter: ListFilter): ListFilter {
  return readOptions(filter, filterReads);
}

/** Copies list options, or throws with the name of the wrong one. */
export function readListOptions(options: ListOptions): ListOptions {
  return readOptions(options, { ...filterReads, ...pageReads });
}
