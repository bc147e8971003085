const { createClient, isSandboxError, toExecution } = require("@rxsandbox/client");
const { Sandbox, SandboxException } = require("@rxsandbox/compat");
const { lastValueFrom } = require("rxjs");

test("the drop-in runs a command and throws its own exceptions", async () => {
  const sandbox = await Sandbox.create({ image: "python:3.11" });
  try {
    const execution = await sandbox.commands.run("echo hello; exit 3");
    expect(execution.logs.stdout.map(({ text }) => text)).toEqual(["hello"]);
    expect(execution.exitCode).toBe(3);
    const refused = await sandbox.commands.run(" ").catch((error) => error);
    expect(refused).toBeInstanceOf(SandboxException);
    expect(refused.error.code).toBe("INVALID_ARGUMENT");
  } finally {
    await sandbox.kill();
    await sandbox.close();
  }
});

test("the client runs a command, and its errors are recognised", async () => {
  const client = createClient();
  const run = client.withSandbox({ image: "python:3.11" }, (sandbox) => sandbox.commands.run("exit 3").pipe(toExecution()));
  expect((await lastValueFrom(run)).end).toEqual({ kind: "exited", exitCode: 3 });
  const missing = await lastValueFrom(client.connect("missing")).catch((error) => error);
  expect(isSandboxError(missing, "not-found")).toBe(true);
  await client.close();
});
