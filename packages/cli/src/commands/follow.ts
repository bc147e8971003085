import { concat, concatMap, defer, filter, ignoreElements, map, of, tap, type Observable } from "rxjs";
import {
  InvalidArgumentError,
  resumable,
  type Client,
  type CommandHandle,
  type FollowEvent,
  type Sandbox,
  type StartOptions,
} from "@rxsandbox/client";
import { exitCode, exitCodeOfEnd } from "../exit-code.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";
import { writeFollowed } from "../write-followed.js";
import { tokenFile } from "./token-file.js";

export interface FollowOptions extends ClientCommandOptions {
  /** File that keeps where to go on. */
  readonly token?: string;
  /** Starts the command, prints its id and leaves it. */
  readonly detach?: boolean;
  readonly timeoutSeconds?: number;
  readonly workingDirectory?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What to start; nothing when a token file says what to go on with. */
export interface FollowTarget {
  readonly sandboxId: string;
  readonly command: string;
}

/** `rxsandbox follow`: a background command, its output across lost connections, its exit code as ours. */
export function follow(
  target: FollowTarget | undefined,
  options: FollowOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { token, detach } = options;
  return withClient(options, terminal, env, {
    interruptedText:
      token === undefined
        ? "Interrupted: ending the command"
        : `Interrupted: the command runs on. To go on: rxsandbox follow --token ${token}`,
    work: ({ client }) => {
      if (token !== undefined) return resumed(client, target, token, options, terminal);
      if (target === undefined) throw new InvalidArgumentError("command", "is missing: name a sandbox and a command");
      const { sandboxId, command } = target;
      const sandbox = client.attach(sandboxId);
      // Unsubscribing before the handle ends the command.
      return sandbox.commands
        .start(command, startOptions(options))
        .pipe(
          concatMap((handle) =>
            detach === true ? printId(handle, terminal) : followed(sandbox, handle, terminal).pipe(toExitCode()),
          ),
        );
    },
  });
}

/** `rxsandbox logs`: the output of a background command so far, or until its end. Never ends the command. */
export function logs(
  sandboxId: string,
  commandId: string,
  options: ClientCommandOptions & { readonly follow?: boolean },
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return withClient(options, terminal, env, {
    work: ({ client }) => {
      const { commands } = client.attach(sandboxId);
      if (options.follow === true)
        return writeFollowed(commands.handle(commandId).follow(), (token) => commands.resume(token), terminal).pipe(
          toExitCode(),
        );
      return commands.getLogs(commandId).pipe(
        concatMap(async ({ text }) => {
          await terminal.out(text);
          return exitCode.ok;
        }),
      );
    },
  });
}

/** Goes on with the command that the file keeps, or starts one and keeps it there. */
function resumed(
  client: Client,
  target: FollowTarget | undefined,
  path: string,
  options: FollowOptions,
  terminal: Terminal,
): Observable<number> {
  const sandboxOf = (id: string): Sandbox => client.attach(id);
  return resumable({
    store: tokenFile(path),
    key: path,
    replay: "rest",
    // Events come once they are written: the file never runs ahead of the output.
    start: () => {
      if (target === undefined)
        throw new InvalidArgumentError("command", `is missing: ${path} keeps no command, so name a sandbox and one`);
      const { commands } = sandboxOf(target.sandboxId);
      const events = commands.follow(target.command, { ...startOptions(options), detached: true });
      return writeFollowed(events, (token) => commands.resume(token), terminal);
    },
    resume: (token) => {
      if (target !== undefined && target.sandboxId !== token.sandboxId)
        throw new InvalidArgumentError("--token", `keeps a command of sandbox ${token.sandboxId}`);
      const { commands } = sandboxOf(token.sandboxId);
      const told = defer(() => terminal.err(`Going on with command ${token.commandId}\n`)).pipe(ignoreElements());
      const resume = commands.resume.bind(commands);
      return concat(told, writeFollowed(resume(token), resume, terminal));
    },
    interrupt: (token) => sandboxOf(token.sandboxId).commands.interrupt(token.commandId),
  }).events.pipe(toExitCode());
}

/** Follows a command that ends with us. */
function followed(sandbox: Sandbox, handle: CommandHandle, terminal: Terminal): Observable<FollowEvent> {
  const { commands } = sandbox;
  // Carried out in the background; closing the client waits for it. Its failure is told as an event.
  const interrupt = (): void => void handle.interrupt().subscribe({ error: () => undefined });
  return writeFollowed(handle.follow(), (token) => commands.resume(token), terminal).pipe(
    tap({ unsubscribe: interrupt }),
  );
}

function printId({ id }: CommandHandle, terminal: Terminal): Observable<number> {
  return defer(() => terminal.out(`${id}\n`)).pipe(map(() => exitCode.ok));
}

function toExitCode(): (events: Observable<FollowEvent>) => Observable<number> {
  return (events) =>
    events.pipe(
      filter((event) => event.type === "end"),
      concatMap(({ end }) => of(exitCodeOfEnd(end))),
    );
}

function startOptions({ timeoutSeconds, workingDirectory, env }: FollowOptions): StartOptions {
  return {
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    ...(env === undefined ? {} : { envs: env }),
  };
}
