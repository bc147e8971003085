import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { demo } from "./commands/demo.js";
import { list } from "./commands/list.js";
import { run } from "./commands/run.js";
import { serve } from "./commands/serve.js";
import { conformanceCommand } from "./conformance/conformance-command.js";
import { conformanceExit } from "./conformance/judge.js";
import { exitCode, exitCodeTable } from "./exit-code.js";
import type { Terminal } from "./terminal.js";

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It must be a number of seconds greater than 0.");
  return value;
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return value;
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be a number of milliseconds, 0 or more.");
  return value;
}

function processCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 64)
    throw new InvalidArgumentError("It must be a whole number, 64 or more.");
  return value;
}

function mebibytes(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be a number of MiB, 0 or more.");
  return value * 1024 * 1024;
}

function collectPath(path: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, resolve(path)];
}

function origin(text: string, previous: readonly string[] = []): readonly string[] {
  if (!URL.canParse(text) || new URL(text).origin !== text)
    throw new InvalidArgumentError("It must be an origin: scheme, host and port only, such as http://localhost:5173.");
  return [...previous, text];
}

function collect(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

function environmentEntry(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Quotes words so that the remote shell sees them as they were given. */
export function shellCommand(words: readonly string[]): string {
  // One word is a shell script as it stands: `run 'echo $HOME | wc'`.
  const [script, ...rest] = words;
  if (script !== undefined && rest.length === 0) return script;
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

const ENVIRONMENT_AND_EXIT_CODES = `
Environment:
  OPEN_SANDBOX_DOMAIN   host:port or URL of the server
  OPEN_SANDBOX_API_KEY  its key; keys are never read from the command line

${exitCodeTable}`;

/** Runs the command line `rxsandbox <arguments>` and gives its exit code. Never throws for wrong usage. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCode.ok;
  const program = new Command("rxsandbox")
    .description(
      "Run commands in OpenSandbox sandboxes, start an embedded server, and test servers with the conformance suite.",
    )
    .addHelpText("after", ENVIRONMENT_AND_EXIT_CODES)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: (text) => void terminal.out(text), writeErr: (text) => void terminal.err(text) });
  const stateDir = new Option(
    "--state-dir <directory>",
    "where the embedded server keeps its key and sandboxes",
  ).argParser((path: string) => resolve(path));

  program
    .command("serve")
    .description("run the embedded server until Ctrl-C")
    .option("--port <port>", "port of the lifecycle API", portNumber, 8080)
    .addOption(
      new Option("--driver <driver>", "how sandboxes are isolated")
        .choices(["auto", "namespace", "process"])
        .default("auto"),
    )
    .addOption(
      new Option(
        "--network <network>",
        "whether each sandbox has its own network or all share the network of this machine",
      )
        .choices(["auto", "own", "shared"])
        .default("auto"),
    )
    .addOption(
      new Option("--profile <profile>", "behave like the real server, or follow the specification")
        .choices(["opensandbox", "spec"])
        .default("opensandbox"),
    )
    .option("--tail-ms <ms>", "how long the stream of a command stays open after the command has ended", milliseconds)
    .addOption(stateDir)
    .option("--allow-root", "let the server run as root outside a container")
    .option("--allow-host-path <directory>", "a host directory that volumes may mount (repeatable)", collectPath)
    .option(
      "--allow-origin <origin>",
      "a web page's origin that may call the server, such as http://localhost:5173 (repeatable)",
      origin,
    )
    .option(
      "--max-processes <count>",
      "how many processes one sandbox may have, if the machine can limit them",
      processCount,
    )
    .option(
      "--disk-reserve <MiB>",
      "end the largest sandbox when less than this is free on the disk; 0 ends none",
      mebibytes,
    )
    .option("--show-key", "print the key instead of the path of the file that has it")
    .action(async ({ allowHostPath, allowOrigin, diskReserve, ...options }) => {
      const allowed = {
        ...(diskReserve === undefined ? {} : { diskReserveBytes: diskReserve }),
        ...(allowHostPath === undefined ? {} : { allowedHostPaths: allowHostPath }),
        ...(allowOrigin === undefined ? {} : { allowedOrigins: allowOrigin }),
      };
      code = await serve({ ...options, ...allowed }, terminal);
    });

  program
    .command("run")
    .description("run one command in a sandbox and stream its output")
    .argument("<command...>", "the command and its arguments; a single word is run as a shell script")
    .option("--image <image>", "image of the new sandbox", "python:3.11")
    .option("--sandbox <id>", "run in this sandbox instead of a new one")
    .option(
      "--server <domain>",
      "host:port or URL of the server (default: OPEN_SANDBOX_DOMAIN, or the server that `serve` started)",
    )
    .option("--proxy", "reach the sandbox through the server's proxy")
    .option("--keep", "do not kill the new sandbox at the end")
    .option("--timeout <seconds>", "end the command after this many seconds", seconds)
    .option("--cwd <directory>", "working directory in the sandbox")
    .option("--env <NAME=VALUE>", "environment variable of the command (repeatable)", environmentEntry)
    .addOption(stateDir)
    .passThroughOptions()
    .action(async (words: string[], { timeout, cwd, ...options }) => {
      code = await run(
        shellCommand(words),
        {
          ...options,
          ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
          ...(cwd === undefined ? {} : { workingDirectory: cwd }),
        },
        terminal,
      );
    });

  program
    .command("list")
    .description("list the sandboxes of a server")
    .option(
      "--server <domain>",
      "host:port or URL of the server (default: OPEN_SANDBOX_DOMAIN, or the server that `serve` started)",
    )
    .option("--state <state>", "only sandboxes in this state (repeatable)", collect)
    .option("--json", "print JSON")
    .addOption(stateDir)
    .action(async (options) => {
      code = await list(options, terminal);
    });

  program
    .command("demo")
    .description("start the embedded server, run a command in a sandbox, and test the server")
    .addOption(
      new Option("--driver <driver>", "how sandboxes are isolated")
        .choices(["auto", "namespace", "process"])
        .default("auto"),
    )
    .action(async (options) => {
      code = await demo(options, terminal);
    });

  const conformance = conformanceCommand(terminal, (given) => void (code = given));
  for (const command of [conformance, ...conformance.commands]) command.copyInheritedSettings(program);
  program.addCommand(conformance);

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    // Help and version are no errors; everything else that commander reports is wrong usage.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCode.ok : args[0] === "conformance" ? conformanceExit.usage : exitCode.usage;
    throw error;
  }
  return code;
}
