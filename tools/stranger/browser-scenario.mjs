// Bundled for browsers and run in a page: `settings` comes from the page that loads it.
import { lastValueFrom } from "rxjs";
import { createClient, toExecution } from "@rxsandbox/client";

globalThis.runScenario = async (/** @type {import("@rxsandbox/client").ClientOptions} */ settings) => {
  const client = createClient(settings);
  const execution = await lastValueFrom(
    client.withSandbox({ image: "python:3.11" }, (sandbox) => sandbox.commands.run("echo from the page; exit 4").pipe(toExecution())),
  );
  await client.close();
  return { stdout: execution.stdout.text, end: execution.end };
};
