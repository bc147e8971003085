import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { addRunCommands } from "./command-line/run-commands.js";
import { addSandboxCommands } from "./command-line/sandbox-commands.js";
import { addServeCommand } from "./command-line/serve-command.js";
import { demo } from "./commands/demo.js";
import { conformanceCommand } from "./conformance/conformance-command.js";
import { conformanceExit } from "./conformance/judge.js";
import { exitCode, exitCodeTable } from "./exit-code.js";
import type { Terminal } from "./terminal.js";

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
    .version(ownVersion())
    .addHelpText("after", ENVIRONMENT_AND_EXIT_CODES)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: (text) => void terminal.out(text), writeErr: (text) => void terminal.err(text) });
  const commandLine = { program, terminal, exit: (given: number) => void (code = given) };
  addRunCommands(commandLine);
  addSandboxCommands(commandLine);
  addServeCommand(commandLine);

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

function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
