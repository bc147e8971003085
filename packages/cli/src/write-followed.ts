import {
  EMPTY,
  concatMap,
  defer,
  dematerialize,
  materialize,
  of,
  repeat,
  takeWhile,
  tap,
  type Observable,
  type ObservableNotification,
} from "rxjs";
import type { FollowEvent, FollowToken } from "@rxsandbox/client";
import { errorText } from "./error-text.js";
import type { Terminal } from "./terminal.js";

/** Characters that wait for a slow reader before the log is left until it has caught up. */
const MAX_WAITING = 4 * 1024 * 1024;

/**
 * Writes the output of a followed command and emits its events, each once it is written.
 *
 * Output goes to stdout, a line for each broken connection to stderr. While the terminal is more than 4 Mi characters
 * behind, nobody follows: `resume` goes on from the last token then. Both sources must leave the command running.
 */
export function writeFollowed(
  followed: Observable<FollowEvent>,
  resume: (token: FollowToken) => Observable<FollowEvent>,
  terminal: Terminal,
  maxWaiting = MAX_WAITING,
): Observable<FollowEvent> {
  return defer(() => {
    let waiting = 0;
    let token: FollowToken | undefined;
    let isEnded = false;
    const source = defer(() => (token === undefined ? followed : resume(token)));
    return source.pipe(
      tap((event) => {
        waiting += sizeOf(event);
        if (event.type !== "reconnecting") token = event.token;
        isEnded = event.type === "end";
      }),
      takeWhile(() => waiting <= maxWaiting, true),
      // An error waits for what came before it, like everything else.
      materialize(),
      concatMap(async (step) => {
        await writeStep(step, terminal);
        if (step.kind === "N") waiting -= sizeOf(step.value);
        return step;
      }),
      dematerialize(),
      repeat({ delay: () => (isEnded ? EMPTY : of(undefined)) }),
    );
  });
}

function sizeOf(event: FollowEvent): number {
  return event.type === "output" ? event.text.length : 0;
}

async function writeStep(step: ObservableNotification<FollowEvent>, terminal: Terminal): Promise<void> {
  if (step.kind !== "N") return;
  const event = step.value;
  if (event.type === "output") await terminal.out(event.text);
  else if (event.type === "reconnecting") await terminal.err(reconnectingText(event.attempt, event.cause));
  else if (event.type === "end" && event.limitReached)
    await terminal.err("rxsandbox: the command was ended, because its output was too large\n");
}

/** The line that tells a broken connection. */
export function reconnectingText(attempt: number, cause: unknown): string {
  return errorText(cause).replace("rxsandbox: ", `rxsandbox: reconnecting (attempt ${attempt}): `);
}
