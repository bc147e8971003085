import { resolve } from "node:path";
import { Option, type Command } from "commander";
import type { Terminal } from "../terminal.js";

/** What a module of the command line adds its commands to. */
export interface CommandLine {
  readonly program: Command;
  readonly terminal: Terminal;
  /** Sets the exit code. */
  exit(code: number): void;
}

/** `--state-dir`, for everything that runs or finds the embedded server. */
export function stateDirOption(): Option {
  return new Option("--state-dir <directory>", "where the embedded server keeps its key and sandboxes").argParser(
    (path: string) => resolve(path),
  );
}

/** Adds the options that say which server a command uses, and how. */
export function withServerOptions(command: Command): Command {
  return command
    .option(
      "--server <domain>",
      "host:port or URL of the server (default: OPEN_SANDBOX_DOMAIN, or the server that `serve` started)",
    )
    .option("--proxy", "reach sandboxes through the server's proxy")
    .addOption(stateDirOption());
}
