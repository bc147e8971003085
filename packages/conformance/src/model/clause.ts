import type { Level } from "./check.js";

/** One requirement of the protocol. */
export interface Clause {
  /** Id of `divergences.md` where it has one (`X05`), else `<part>.<topic>.<claim>`. */
  readonly id: string;
  /** What it says, in one short sentence of the suite's own. */
  readonly text: string;
  readonly level: Level;
  /** Where it comes from: a page of `docs/protocol` and a section of it, such as `execd.md#2.4`. */
  readonly source: string;
  /** Checks that judge it. */
  readonly checks: readonly string[];
  /** Mutants of the suite's self-test that break it. */
  readonly mutants: readonly string[];
  /** Operations of the protocol that it is about, such as `POST /command`. */
  readonly operations: readonly string[];
  /** Why no check judges it. */
  readonly excluded?: string;
}

const PROTOCOL_PAGES = "https://github.com/rxsandbox/rxsandbox/blob/main/docs/protocol/";

/** The address of the section that a clause comes from; `source` is a page and a section, such as `execd.md#2.4`. */
export function protocolUrl(source: string): string {
  return `${PROTOCOL_PAGES}${source}`;
}
