import { list } from "../commands/list.js";
import { watch } from "../commands/watch.js";
import { withServerOptions, type CommandLine } from "./command-line.js";
import { collect } from "./option-values.js";

/** Adds the commands that look at sandboxes and change them. */
export function addSandboxCommands({ program, terminal, exit }: CommandLine): void {
  withServerOptions(program.command("ps").alias("list"))
    .description("list the sandboxes of a server")
    .option("--state <state>", "only sandboxes in this state (repeatable)", collect)
    .option("--json", "print JSON")
    .option("-q, --quiet", "print ids only")
    .action(async (options) => {
      exit(await list(options, terminal));
    });

  withServerOptions(program.command("watch"))
    .description("print a line for each change of one sandbox, until it is gone, or of all")
    .argument("[sandbox]", "id of the sandbox")
    .option("--json", "print a JSON object on each line")
    .action(async (sandboxId: string | undefined, options) => {
      exit(await watch(sandboxId, options, terminal));
    });
}
