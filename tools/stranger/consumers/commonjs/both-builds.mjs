// One program loads both builds: what one of them makes, the other understands.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import { lastValueFrom } from "rxjs";
import * as esmClient from "@rxsandbox/client";
import * as esmCompat from "@rxsandbox/compat";

const require = createRequire(import.meta.url);
const cjsClient = require("@rxsandbox/client");
const cjsCompat = require("@rxsandbox/compat");
assert.notEqual(esmClient.createClient, cjsClient.createClient, "only one build is loaded");

for (const [maker, reader] of [
  [esmClient, cjsClient],
  [cjsClient, esmClient],
]) {
  const client = maker.createClient();
  const missing = await lastValueFrom(client.connect("missing")).catch((error) => error);
  assert.equal(reader.isSandboxError(missing, "not-found"), true);
  const execution = await lastValueFrom(
    client.withSandbox({ image: "python:3.11" }, (sandbox) =>
      sandbox.commands.run("sleep 20", { timeoutSeconds: 1 }).pipe(reader.toExecution()),
    ),
  );
  assert.equal(execution.end.kind, "signalled");
  assert.equal(execution.end.probablyTimedOut, true, "the mark of a timeout is lost between the builds");
  await client.close();
}

for (const [maker, user] of [
  [esmCompat, cjsCompat],
  [cjsCompat, esmCompat],
]) {
  const sandbox = await user.Sandbox.create({ connectionConfig: new maker.ConnectionConfig(), image: "python:3.11" });
  assert.equal((await sandbox.commands.run("exit 3")).exitCode, 3);
  await sandbox.kill();
  await sandbox.close();
}
