import { lastValueFrom, type Observable } from "rxjs";
import {
  createClient,
  isSandboxError,
  toExecution,
  type Client,
  type Execution,
  type Sandbox,
} from "@rxsandbox/client";
import {
  ConnectionConfig,
  Sandbox as OfficialSandbox,
  SandboxException,
  type Execution as OfficialExecution,
} from "@rxsandbox/compat";
import { CodeInterpreter, SupportedLanguages } from "@rxsandbox/compat/code-interpreter";
import { createExecdClient, type ExecdClient } from "@rxsandbox/compat/internal";

export const toDaemon: (options: Parameters<typeof createExecdClient>[0]) => ExecdClient = createExecdClient;
const client: Client = createClient();
const runs = (sandbox: Sandbox): Observable<Execution> => sandbox.commands.run("exit 3").pipe(toExecution());

async function main(): Promise<void> {
  const { end } = await lastValueFrom(client.withSandbox({ image: "python:3.11" }, runs));
  if (end.kind !== "exited" || end.exitCode !== 3) throw new Error(`the run ended with ${JSON.stringify(end)}`);
  const missing: unknown = await lastValueFrom(client.connect("missing")).catch((error: unknown) => error);
  if (!isSandboxError(missing, "not-found")) throw new Error(`connect to nothing gave ${String(missing)}`);
  await client.close();

  const sandbox = await OfficialSandbox.create({ connectionConfig: new ConnectionConfig(), image: "python:3.11" });
  const execution: OfficialExecution = await sandbox.commands.run("exit 4");
  if (execution.exitCode !== 4) throw new Error(`the run ended with ${execution.exitCode}`);
  const refused: unknown = await sandbox.commands.run(" ").catch((error: unknown) => error);
  if (!(refused instanceof SandboxException)) throw new Error(`an empty command gave ${String(refused)}`);
  const interpreter: CodeInterpreter = await CodeInterpreter.create(sandbox);
  const run: OfficialExecution = await interpreter.codes.run("1 + 1", { language: SupportedLanguages.PYTHON });
  if (run.result[0]?.text !== "2") throw new Error(`1 + 1 gave ${JSON.stringify(run.result)}`);
  await sandbox.kill();
  await sandbox.close();
}

void main();
