import { Sandbox } from "@alibaba-group/opensandbox";

/** A whole program that runs one command and prints its output, as a user of the official SDK writes it. */
const sandbox = await Sandbox.connect({ sandboxId: process.argv[2] ?? "" });
const execution = await sandbox.commands.run(process.argv[3] ?? "");
for (const { text } of execution.logs.stdout) console.log(text);
await sandbox.close();
process.exitCode = execution.exitCode ?? 1;
