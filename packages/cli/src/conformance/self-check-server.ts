import { allChecks, selfCheck, type SelfCheckResult, type ServerSubject } from "@rxsandbox/conformance";
import { startProgress } from "../progress.js";
import type { Terminal } from "../terminal.js";

/** Plants faults between the suite and the servers under test, and prints which of them the suite noticed. */
export async function selfCheckServer(
  subject: ServerSubject,
  seed: number | undefined,
  terminal: Terminal,
): Promise<SelfCheckResult> {
  const progress = startProgress(terminal);
  try {
    const result = await selfCheck(subject, {
      checks: allChecks,
      seed: seed ?? Math.floor(Math.random() * 0x7fff_ffff),
      onCanary: ({ title }, index, count) => progress.say(`self-check, fault ${index + 1} of ${count}: ${title}`),
    });
    progress.clear();
    await terminal.out(
      `${result.canaries.map(({ state, title, check }) => `  ${state.padEnd(13)} ${title} (${check})`).join("\n")}\n${result.text}\n`,
    );
    return result;
  } catch (error) {
    progress.fail("The self-check failed");
    throw error;
  }
}
