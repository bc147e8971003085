import type { Command } from "commander";
import { cp } from "../commands/cp.js";
import { list } from "../commands/list.js";
import { eachSandbox, inspect, renewal, sandboxVerbs, type SandboxVerb } from "../commands/sandbox-verbs.js";
import { watch } from "../commands/watch.js";
import { withServerOptions, type CommandLine } from "./command-line.js";
import { collect, seconds } from "./option-values.js";

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

  withServerOptions(program.command("inspect"))
    .description("print what the server says about sandboxes, as a JSON array")
    .argument("<sandbox...>", "ids of the sandboxes")
    .action(async (ids: string[], options) => {
      exit(await inspect(ids, options, terminal));
    });

  const verb = (name: string, description: string, does: SandboxVerb): Command =>
    withServerOptions(program.command(name))
      .description(description)
      .argument("<sandbox...>", "ids of the sandboxes")
      .action(async (ids: string[], options) => {
        exit(await eachSandbox(ids, does, options, terminal));
      });
  verb("kill", "end sandboxes, with everything in them", sandboxVerbs.kill).alias("rm");
  verb("pause", "pause sandboxes", sandboxVerbs.pause);
  verb("resume", "resume sandboxes, and wait until they are ready", sandboxVerbs.resume);

  withServerOptions(program.command("renew"))
    .description("let a sandbox live for so many seconds from now, and print until when")
    .argument("<sandbox>", "id of the sandbox")
    .argument("<seconds>", "seconds from now", seconds)
    .action(async (id: string, ttl: number, options) => {
      exit(await eachSandbox([id], renewal(ttl), options, terminal));
    });

  withServerOptions(program.command("cp"))
    .description("copy a file or a directory into a sandbox or out of it")
    .argument("<from>", "a path here, or sandbox:path")
    .argument("<to>", "the other of the two; a directory that exists receives it by its name")
    .action(async (source: string, target: string, options) => {
      exit(await cp(source, target, options, terminal));
    });
}
