import { concatMap, defer, filter, finalize, map, type Observable } from "rxjs";
import { executionEnd, type Client, type ExecutionEvent, type Sandbox, type TerminalEvent } from "@rxsandbox/client";
import { exitCodeOfEnd } from "../exit-code.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";
import { writeOutput } from "../write-output.js";
import { noScreen, onScreen } from "./on-screen.js";
import { withInput } from "./with-input.js";

/** How a command runs in its sandbox. */
export interface ExecOptions extends ClientCommandOptions {
  readonly timeoutSeconds?: number;
  readonly workingDirectory?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Forwards standard input. */
  readonly interactive?: boolean;
  /** Gives the command a screen, which is ours. */
  readonly tty?: boolean;
}

export interface RunOptions extends ExecOptions {
  /** Image of a new sandbox; needed unless `sandbox` is given. */
  readonly image?: string;
  /** Runs in this sandbox, which stays, instead of in a new one. */
  readonly sandbox?: string;
  /** Leaves the new sandbox alive. */
  readonly keep?: boolean;
  /** Seconds after which the server ends the new sandbox. */
  readonly ttlSeconds?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * `rxsandbox run`, `exec` and `shell`: one command in a sandbox, its output as it arrives, its exit code as ours.
 *
 * Without a command it is a shell, which needs a screen.
 */
export function run(
  command: string | undefined,
  options: RunOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return withClient(options, terminal, env, {
    interruptedText: isScoped(options)
      ? "Interrupted: ending the command and the sandbox"
      : "Interrupted: ending the command",
    work: ({ client, progress }) =>
      defer(() => {
        if (options.tty === true && terminal.screen === undefined) throw noScreen();
        if (options.sandbox === undefined) progress.say(`Creating a sandbox from ${options.image}`);
        return useSandbox(client, options, terminal, (sandbox) => {
          progress.clear();
          if (options.tty === true || command === undefined) return onScreen(sandbox, command, options, terminal);
          if (options.interactive === true)
            return withInput(sandbox, command, terminal, (script) => stream(sandbox, script, options, terminal));
          return stream(sandbox, command, options, terminal);
        });
      }),
  });
}

/** Runs a command, writes its output as it comes, and emits its exit code. */
function stream(sandbox: Sandbox, command: string, options: ExecOptions, terminal: Terminal): Observable<number> {
  const { timeoutSeconds, workingDirectory, env } = options;
  return defer(() => {
    // `iterate` is `run` at the pace of the reader: a pipe that is full pauses the command.
    const events = sandbox.commands.iterate(command, {
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
      ...(env === undefined ? {} : { envs: env }),
    });
    return writeOutput(events, terminal).pipe(
      filter(isTerminal),
      map((event) => exitCodeOfEnd(executionEnd(event))),
    );
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
  if (options.sandbox !== undefined) return client.connect(options.sandbox).pipe(concatMap(project));
  const { image, ttlSeconds, metadata } = options;
  const create = {
    ...(image === undefined ? {} : { image }),
    ...(ttlSeconds === undefined ? {} : { timeoutSeconds: ttlSeconds }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  // Kills the sandbox when the inner stream ends and when we unsubscribe.
  if (isScoped(options)) return client.withSandbox(create, project);
  return client.create(create).pipe(
    concatMap((sandbox) => {
      const stays = `Sandbox ${sandbox.id} is still running. To use it: rxsandbox exec ${sandbox.id} ...\n`;
      return project(sandbox).pipe(finalize(() => void terminal.err(stays)));
    }),
  );
}

function isTerminal(event: ExecutionEvent): event is TerminalEvent {
  return event.type === "error" || event.type === "execution_complete";
}
