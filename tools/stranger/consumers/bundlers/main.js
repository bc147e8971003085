import { lastValueFrom } from "rxjs";
import { createClient, toExecution } from "@rxsandbox/client";
import { ConnectionConfig, Sandbox, SandboxException } from "@rxsandbox/compat";

/** What runs in a page, whatever bundled it. */
export async function runScenario(settings) {
  const client = createClient(settings);
  const execution = await lastValueFrom(
    client.withSandbox({ image: "python:3.11" }, (sandbox) =>
      sandbox.commands.run("echo from the bundle; exit 4").pipe(toExecution()),
    ),
  );
  const missing = await lastValueFrom(client.connect("missing")).catch((error) => error);
  await client.close();

  const sandbox = await Sandbox.create({
    connectionConfig: new ConnectionConfig({ ...settings, useServerProxy: true }),
    image: "python:3.11",
  });
  const { exitCode } = await sandbox.commands.run("exit 5");
  const refused = await sandbox.commands.run(" ").catch((error) => error);
  await sandbox.kill();
  await sandbox.close();
  return {
    stdout: execution.stdout.text,
    end: execution.end,
    exitCode,
    errorNames: [missing.name, refused.name],
    isException: refused instanceof SandboxException,
  };
}
