import { Option } from "commander";
import { serve } from "../commands/serve.js";
import { stateDirOption, type CommandLine } from "./command-line.js";
import { collectPath, mebibytes, milliseconds, origin, portNumber, processCount } from "./option-values.js";

/** Adds `serve`. */
export function addServeCommand({ program, terminal, exit }: CommandLine): void {
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
    .addOption(stateDirOption())
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
      exit(await serve({ ...options, ...allowed }, terminal));
    });
}
