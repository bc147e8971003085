// What the README shows, as a new user would type it.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { lastValueFrom } from "rxjs";
import { createClient, toExecution } from "@rxsandbox/client";
import { ConnectionConfig, Sandbox } from "@rxsandbox/compat";
import { startReferenceServer } from "@rxsandbox/reference-server";

const server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, stateDir: resolve("state") });
const { domain, apiKey } = server;

const client = createClient({ domain, apiKey });
const execution = await lastValueFrom(
  client.withSandbox({ image: "python:3.11" }, (sandbox) =>
    sandbox.commands.run("echo hello; exit 3").pipe(toExecution()),
  ),
);
assert.equal(execution.stdout.text, "hello\n");
assert.deepEqual(execution.end, { kind: "exited", exitCode: 3 });
await client.close();

const sandbox = await Sandbox.create({
  connectionConfig: new ConnectionConfig({ domain, apiKey }),
  image: "python:3.11",
});
assert.equal((await sandbox.commands.run("exit 4")).exitCode, 4);
await sandbox.kill();
await sandbox.close();
await server.close();

assert.match(execFileSync("npx", ["--no-install", "rxsandbox", "--help"], { encoding: "utf8" }), /serve/);
