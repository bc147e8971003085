import { resolve } from "node:path";
import type { Command } from "commander";
import { follow, logs } from "../commands/follow.js";
import { run } from "../commands/run.js";
import { exitCode } from "../exit-code.js";
import { withServerOptions, type CommandLine } from "./command-line.js";
import { entry, environmentEntry, seconds } from "./option-values.js";
import { shellCommand } from "./shell-command.js";

const INTERACTIVE = "send standard input; the command starts when the input has ended, or at once with -t";
const TTY = "run on the screen of this terminal, together with -i";

/** Adds the commands that run something in a sandbox. */
export function addRunCommands({ program, terminal, exit }: CommandLine): void {
  withCommandOptions(
    withServerOptions(program.command("run"))
      .description("run one command in a new sandbox and stream its output")
      .argument("<command...>", "the command and its arguments; a single word is run as a shell script")
      .option("--image <image>", "image of the new sandbox", "python:3.11")
      .option("--name <name>", "metadata `name` of the new sandbox")
      .option("--metadata <NAME=VALUE>", "metadata of the new sandbox (repeatable)", entry)
      .option("--ttl <seconds>", "the server ends the new sandbox after this many seconds", seconds)
      .option("--sandbox <id>", "run in this sandbox instead of a new one")
      .option("--keep", "do not kill the new sandbox at the end")
      .option("-i, --interactive", INTERACTIVE)
      .option("-t, --tty", TTY)
      .option("-q, --quiet", "tell no progress"),
  ).action(async (words: string[], { ttl, name, metadata, ...options }) => {
    const labels = { ...metadata, ...(name === undefined ? {} : { name }) };
    const given = {
      ...options,
      ...commandOptions(options),
      ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
      ...(Object.keys(labels).length === 0 ? {} : { metadata: labels }),
    };
    exit(await run(shellCommand(words), given, terminal));
  });

  withCommandOptions(
    withServerOptions(program.command("exec"))
      .description("run one command in a sandbox that exists")
      .argument("<sandbox>", "id of the sandbox")
      .argument("<command...>", "the command and its arguments; a single word is run as a shell script")
      .option("-i, --interactive", INTERACTIVE)
      .option("-t, --tty", TTY),
  ).action(async (sandbox: string, words: string[], options) => {
    exit(await run(shellCommand(words), { ...options, ...commandOptions(options), sandbox }, terminal));
  });

  withServerOptions(program.command("shell"))
    .description("open a shell in a sandbox on this terminal")
    .argument("<sandbox>", "id of the sandbox")
    .option("--cwd <directory>", "working directory in the sandbox")
    .option("-e, --env <NAME[=VALUE]>", "environment variable of the shell (repeatable)", environmentEntry)
    .action(async (sandbox: string, options) => {
      exit(await run(undefined, { ...options, ...commandOptions(options), sandbox, tty: true }, terminal));
    });

  withCommandOptions(
    withServerOptions(program.command("follow"))
      .description("start a background command and follow its output across lost connections")
      .argument("[sandbox]", "id of the sandbox; with --token only needed to start a command")
      .argument("[command...]", "the command and its arguments; a single word is run as a shell script")
      .option("--token <file>", "keep the place in this file, and go on from there when it exists", resolvePath)
      .option("-d, --detach", "print the id of the command and leave it running"),
  ).action(async (sandboxId: string | undefined, words: string[], options, command: Command) => {
    if ((sandboxId === undefined) !== (words.length === 0) || (sandboxId === undefined && !options.token))
      return command.error("error: name a sandbox and a command, or --token with a file that keeps a command", {
        exitCode: exitCode.usage,
      });
    if (options.token && options.detach)
      return command.error("error: --token and --detach cannot be used together", { exitCode: exitCode.usage });
    const target = sandboxId === undefined ? undefined : { sandboxId, command: shellCommand(words) };
    exit(await follow(target, { ...options, ...commandOptions(options) }, terminal));
  });

  withServerOptions(program.command("logs"))
    .description("print the output of a background command")
    .argument("<sandbox>", "id of the sandbox")
    .argument("<command>", "id of the command, as `follow --detach` prints it")
    .option("-f, --follow", "wait for more until the command ends, and exit with its exit code")
    .action(async (sandboxId: string, commandId: string, options) => {
      exit(await logs(sandboxId, commandId, options, terminal));
    });
}

function withCommandOptions(command: Command): Command {
  return command
    .option("--timeout <seconds>", "end the command after this many seconds", seconds)
    .option("--cwd <directory>", "working directory in the sandbox")
    .option("-e, --env <NAME[=VALUE]>", "environment variable of the command (repeatable)", environmentEntry)
    .passThroughOptions();
}

function commandOptions({ timeout, cwd }: { readonly timeout?: number; readonly cwd?: string }): {
  readonly timeoutSeconds?: number;
  readonly workingDirectory?: string;
} {
  return {
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(cwd === undefined ? {} : { workingDirectory: cwd }),
  };
}

function resolvePath(path: string): string {
  return resolve(path);
}
