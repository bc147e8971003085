import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedSubject } from "@rxsandbox/conformance/self-test";
import type { ReferenceServerOptions } from "@rxsandbox/reference-server";
import { judge } from "../conformance/judge.js";
import type { Terminal } from "../terminal.js";

/**
 * The end of the demo: the quick part of the conformance suite judges an embedded server that follows the written
 * specification.
 */
export async function demoConformance(driver: ReferenceServerOptions["driver"], terminal: Terminal): Promise<number> {
  await terminal.out("\nThe conformance suite, quick profile, against an embedded server in profile spec:\n");
  const { subject, close } = await embeddedSubject({ allowRoot: true, ...(driver === undefined ? {} : { driver }) });
  try {
    return await judge(subject, { depth: "quick", seed: 1, out: join(tmpdir(), "rxsandbox-conformance") }, terminal);
  } finally {
    await close();
  }
}
