const { createClient, isSandboxError, toExecution } = require("@rxsandbox/client");
const { Sandbox, SandboxException } = require("@rxsandbox/compat");
const { CodeInterpreter } = require("@rxsandbox/compat/code-interpreter");
const { createExecdClient } = require("@rxsandbox/compat/internal");
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

test("the subpaths belong to the same drop-in", async () => {
  const sandbox = await Sandbox.create({ image: "python:3.11" });
  try {
    const interpreter = await CodeInterpreter.create(sandbox);
    expect((await interpreter.codes.run("1 + 1", { language: "python" })).result[0].text).toBe("2");
    const refused = await interpreter.codes.run(" ").catch((error) => error);
    expect(refused).toBeInstanceOf(SandboxException);
    expect(createExecdClient({ baseUrl: "http://localhost:1" }).GET).toBeInstanceOf(Function);
  } finally {
    await sandbox.kill();
    await sandbox.close();
  }
});

test("the client runs a command, and its errors are recognised", async () => {
  const client = createClient();
  const run = client.withSandbox({ image: "python:3.11" }, (sandbox) =>
    sandbox.commands.run("exit 3").pipe(toExecution()),
  );
  expect((await lastValueFrom(run)).end).toEqual({ kind: "exited", exitCode: 3 });
  const missing = await lastValueFrom(client.connect("missing")).catch((error) => error);
  expect(isSandboxError(missing, "not-found")).toBe(true);
  await client.close();
});

test("an address without a server is named with the system's code, though the platform's errors are of another realm", async () => {
  const client = createClient({ domain: "127.0.0.1:1", apiKey: "key", retry: false });
  const refused = await lastValueFrom(client.connect("any")).catch((error) => error);
  expect(isSandboxError(refused, "network")).toBe(true);
  expect(refused.message).toContain("cannot connect to 127.0.0.1:1 (ECONNREFUSED)");
  await client.close();
});
