import { concat, concatMap, defer, ignoreElements, map, tap, type Observable } from "rxjs";
import { stdoutText, throwOnFailure, type Sandbox } from "@rxsandbox/client";
import type { Terminal } from "../terminal.js";

/**
 * Sends standard input into a file of the sandbox, and emits what `run` emits for a script that reads it.
 *
 * A daemon gives its commands no input (`execd.md` 2.2), so the command starts when the input has ended. Every byte
 * arrives as it was sent. The script removes the file before the command starts; unsubscribing before that removes it
 * too.
 */
export function withInput<T>(
  sandbox: Sandbox,
  command: string,
  { input }: Terminal,
  run: (script: string) => Observable<T>,
): Observable<T> {
  if (input === undefined) return run(command);
  const makeFile = sandbox.commands.run("mktemp").pipe(
    throwOnFailure(),
    stdoutText(),
    map((text) => text.trim()),
  );
  return makeFile.pipe(
    concatMap((path) =>
      concat(
        sandbox.files
          .writeFiles([{ path, data: input }])
          .pipe(ignoreElements(), tap({ unsubscribe: () => remove(sandbox, path) })),
        defer(() => run(`exec <'${path}' && rm -f '${path}'\n${command}`)),
      ),
    ),
  );
}

/** Removes the file of an input that was cut, in the background. A failure is told as an event of the client. */
const remove = (sandbox: Sandbox, path: string): void =>
  void sandbox.files.deleteFiles([path]).subscribe({ error: () => undefined });
