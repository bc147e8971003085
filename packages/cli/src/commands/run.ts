import { concatMap, defer, filter, finalize, map, type Observable } from "rxjs";
import { executionEnd, type Client, type ExecutionEvent, type Sandbox, type TerminalEvent } from "@rxsandbox/client";
import { exitCodeOfEnd } from "../exit-code.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";
import { writeOutput } from "../write-output.js";

export interface RunOptions extends ClientCommandOptions {
  readonly image: string;
  /** Runs in this sandbox, which stays, instead of in a new one. */
  readonly sandbox?: string;
  /** Leaves the new sandbox alive. */
  readonly keep?: boolean;
  readonly timeoutSeconds?: number;
  readonly workingDirectory?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `rxsandbox run`: one command in a sandbox, its output as it arrives, its exit code as ours. */
export function run(
  command: string,
  options: RunOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { timeoutSeconds, workingDirectory, env: envs } = options;
  return withClient(options, terminal, env, {
    interruptedText: isScoped(options)
      ? "Interrupted: ending the command and the sandbox"
      : "Interrupted: ending the command",
    work: ({ client, progress }) =>
      defer(() => {
        if (options.sandbox === undefined) progress.say(`Creating a sandbox from ${options.image}`);
        return useSandbox(client, options, terminal, (sandbox) => {
          progress.clear();
          // `iterate` is `run` at the pace of the reader: a pipe that is full pauses the command.
          const events = sandbox.commands.iterate(command, {
            ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
            ...(workingDirectory === undefined ? {} : { workingDirectory }),
            ...(envs === undefined ? {} : { envs }),
          });
          return writeOutput(events, terminal).pipe(
            filter(isTerminal),
            map((event) => exitCodeOfEnd(executionEnd(event))),
          );
        });
      }),
  });
}

/** Whether the sandbox lives as long as the command. */
function isScoped({ sandbox, keep }: RunOptions): boolean {
  return sandbox === undefined && keep !== true;
}

/** Emits what `project` emits, with the sandbox that the options ask for. */
function useSandbox<T>(
  client: Client,
  options: RunOptions,
  terminal: Terminal,
  project: (sandbox: Sandbox) => Observable<T>,
): Observable<T> {
  const { image } = options;
  // Kills the sandbox when the inner stream ends and when we unsubscribe.
  if (isScoped(options)) return client.withSandbox({ image }, project);
  if (options.sandbox !== undefined) return client.connect(options.sandbox).pipe(concatMap(project));
  return client
    .create({ image })
    .pipe(
      concatMap((sandbox) =>
        project(sandbox).pipe(
          finalize(
            () =>
              void terminal.err(
                `Sandbox ${sandbox.id} is still running. To use it: rxsandbox run --sandbox ${sandbox.id} ...\n`,
              ),
          ),
        ),
      ),
    );
}

function isTerminal(event: ExecutionEvent): event is TerminalEvent {
  return event.type === "error" || event.type === "execution_complete";
}
