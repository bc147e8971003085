import { catchError, concat, concatMap, defer, from, ignoreElements, map, of, toArray, type Observable } from "rxjs";
import type { Client, SandboxInfo } from "@rxsandbox/client";
import { errorText } from "../error-text.js";
import { exitCode, exitCodeOfError } from "../exit-code.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";

/** Does something to one sandbox and emits the line that tells it. */
export type SandboxVerb = (client: Client, id: string) => Observable<string>;

/** What can be done to sandboxes by their ids. Each tells the id on success, as `docker` does. */
export const sandboxVerbs = {
  kill: (client, id) => client.sandboxes.kill(id).pipe(told(id)),
  pause: (client, id) => client.sandboxes.pause(id).pipe(told(id)),
  /** Waits until the sandbox is ready. */
  resume: (client, id) => client.resume(id).pipe(map(() => id)),
} as const satisfies Record<string, SandboxVerb>;

/** Gives a sandbox a new end, in so many seconds from now, and tells when that is. */
export function renewal(seconds: number): SandboxVerb {
  return (client, id) => client.sandboxes.renew(id, seconds).pipe(map((expiresAt) => expiresAt.toISOString()));
}

/**
 * Does something to each of the sandboxes, one after another. One that fails is told on standard error, and the others
 * are done all the same; the exit code is that of the last failure.
 */
export function eachSandbox(
  ids: readonly string[],
  verb: SandboxVerb,
  options: ClientCommandOptions,
  terminal: Terminal,
): Promise<number> {
  return withClient(options, terminal, process.env, {
    work: ({ client }) => {
      let code: number = exitCode.ok;
      const done = from(ids).pipe(
        concatMap((id) =>
          defer(() => verb(client, id)).pipe(
            concatMap((line) => terminal.out(`${line}\n`)),
            catchError((error: unknown) => {
              code = exitCodeOfError(error);
              return terminal.err(errorText(error));
            }),
          ),
        ),
      );
      return concat(
        done.pipe(ignoreElements()),
        defer(() => of(code)),
      );
    },
  });
}

/** `rxsandbox inspect`: what the server says about the sandboxes, as a JSON array. */
export function inspect(ids: readonly string[], options: ClientCommandOptions, terminal: Terminal): Promise<number> {
  return withClient(options, terminal, process.env, {
    work: ({ client }) =>
      from(ids).pipe(
        concatMap((id) => client.sandboxes.getInfo(id)),
        toArray(),
        concatMap(async (infos: SandboxInfo[]) => {
          await terminal.out(`${JSON.stringify(infos, undefined, 2)}\n`);
          return exitCode.ok;
        }),
      ),
  });
}

function told(id: string): (done: Observable<void>) => Observable<string> {
  return (done) => concat(done.pipe(ignoreElements()), of(id));
}
