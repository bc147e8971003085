import { concat, concatMap, ignoreElements, map, of, type Observable } from "rxjs";
import { changes, isSandboxError, type Client, type ClientEvent, type SandboxInfo } from "@rxsandbox/client";
import { exitCode } from "../exit-code.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";
import { reconnectingText } from "../write-followed.js";

export interface WatchOptions extends ClientCommandOptions {
  readonly json?: boolean;
}

/** One change of one sandbox. */
export interface WatchedChange {
  readonly type: "added" | "changed" | "removed";
  readonly sandbox: SandboxInfo;
}

/** One line for a change: when it was seen, what happened, and how the sandbox is now. */
export function changeLine({ type, sandbox }: WatchedChange, seenAt: Date): string {
  const { id, status, expiresAt } = sandbox;
  const words = [seenAt.toISOString(), type.padEnd("changed".length), id, status.state];
  if (status.message) words.push(`(${status.message.replaceAll(/\s+/g, " ").trim()})`);
  if (type !== "removed" && expiresAt !== null) words.push(`expires ${expiresAt.toISOString()}`);
  return `${words.join(" ")}\n`;
}

/**
 * `rxsandbox watch`: a line for each change of one sandbox until it is gone, or of all sandboxes until Ctrl-C. A
 * server that does not answer is told on standard error and asked again.
 */
export function watch(
  sandboxId: string | undefined,
  { json, ...options }: WatchOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const line = (change: WatchedChange): string =>
    json === true ? `${JSON.stringify({ seenAt: new Date(), ...change })}\n` : changeLine(change, new Date());
  return withClient(options, terminal, env, {
    onEvent: tellFailures(terminal),
    work: ({ client }) => {
      const seen = sandboxId === undefined ? allChanges(client) : changesOf(client, sandboxId);
      const written = seen.pipe(concatMap((change) => terminal.out(line(change))));
      return concat(written.pipe(ignoreElements()), of(exitCode.ok));
    },
  });
}

function allChanges(client: Client): Observable<WatchedChange> {
  return client.sandboxes.watchAll().pipe(
    changes(),
    concatMap(({ added, changed, removed }) => [
      ...added.map((sandbox): WatchedChange => ({ type: "added", sandbox })),
      ...changed.map((sandbox): WatchedChange => ({ type: "changed", sandbox })),
      ...removed.map((sandbox): WatchedChange => ({ type: "removed", sandbox })),
    ]),
  );
}

/** The first info is what there is; `Terminated` is told of a sandbox that is gone. */
function changesOf(client: Client, id: string): Observable<WatchedChange> {
  return client.sandboxes.watch(id).pipe(
    map((sandbox, index) => ({
      type: index === 0 ? "added" : sandbox.status.state === "Terminated" ? "removed" : "changed",
      sandbox,
    })),
  );
}

/** Tells failures that the watch survives, counted since the last answer. */
function tellFailures(terminal: Terminal): (event: ClientEvent) => void {
  let attempt = 0;
  return (event) => {
    if (event.type === "response") attempt = 0;
    else if (event.type === "retry") void terminal.err(reconnectingText((attempt += 1), event.cause));
    else if (event.type === "failed" && isSandboxError(event.error) && event.error.retryable)
      void terminal.err(reconnectingText((attempt += 1), event.error));
  };
}
