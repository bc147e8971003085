import { replay, type ReplayAnswer, type ReproducerCase, type Subject } from "@rxsandbox/conformance";
import { interruption } from "../interruption.js";
import type { Terminal } from "../terminal.js";

/** How a replay ends as a process: like a run that is conformant, not conformant, or inconclusive. */
const EXITS: Readonly<Record<ReplayAnswer["answer"], number>> = {
  FIXED: 0,
  "STILL-FAILING": 1,
  FLAKY: 1,
  "CANNOT-REPLAY": 2,
};

/** `conformance replay`: tries a case again and prints the answer as one line. */
export async function replayCase(reproducer: ReproducerCase, subject: Subject, terminal: Terminal): Promise<number> {
  const stop = new AbortController();
  const interrupted = interruption().subscribe({ next: () => stop.abort(), error: () => stop.abort() });
  try {
    const { answer, text, sent } = await replay(reproducer, subject, { signal: stop.signal });
    await terminal.out(`${text}\n`);
    if (sent.of > 0)
      await terminal.out(
        `${sent.same} of ${sent.of} recorded requests were sent again unchanged${sent.same < sent.of ? "; after that, the answers were different" : ""}\n`,
      );
    return EXITS[answer];
  } finally {
    interrupted.unsubscribe();
  }
}
