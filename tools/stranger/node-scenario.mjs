// Runs in an empty folder that has only the packed packages: what the README shows, as a new user would type it.
import { strict as assert } from "node:assert";
import { lastValueFrom } from "rxjs";
import { createClient, toExecution } from "@rxsandbox/client";
import { startReferenceServer } from "@rxsandbox/reference-server";

const server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, stateDir: process.argv[2] });
const client = createClient({ domain: server.domain, apiKey: server.apiKey });
const execution = await lastValueFrom(
  client.withSandbox({ image: "python:3.11" }, (sandbox) => sandbox.commands.run("echo hello; exit 3").pipe(toExecution())),
);
assert.equal(execution.stdout.text, "hello\n");
assert.deepEqual(execution.end, { kind: "exited", exitCode: 3 });
await client.close();
await server.close();
console.log("node: ok");
