import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";
import { poll } from "./poll.js";

/** Behaviours 12 to 16 and 18: commands. */
export const commandScenarios: readonly Scenario[] = [
  {
    number: 12,
    name: "echo: one init, one line without terminator, one end, exit code 0",
    run: async ({ create }) => {
      const sandbox = await create();
      const seen = { init: [] as string[], stdout: [] as string[], complete: 0, errors: 0 };
      const startedAt = Date.now();
      const execution = await sandbox.commands.run("echo 'Hello OpenSandbox'", undefined, {
        onInit: ({ id }) => void seen.init.push(id),
        onStdout: ({ text }) => void seen.stdout.push(text),
        onExecutionComplete: () => void (seen.complete += 1),
        onError: () => void (seen.errors += 1),
      });
      assert.ok(execution.id);
      assert.deepEqual(seen, { init: [execution.id], stdout: ["Hello OpenSandbox"], complete: 1, errors: 0 });
      assert.equal(execution.logs.stdout.length, 1);
      assert.equal(execution.logs.stdout[0]?.isError, false);
      assert.ok(Math.abs((execution.logs.stdout[0]?.timestamp ?? 0) - startedAt) < 60_000, "a recent timestamp in ms");
      assert.equal(execution.exitCode, 0);
      assert.equal(execution.error, undefined);
      assert.ok((execution.complete?.executionTimeMs ?? -1) >= 0);
    },
  },
  {
    number: 13,
    name: "the working directory is honoured; env lasts for one run; exit codes come back",
    run: async ({ create }) => {
      const { commands } = await create();
      assert.equal((await commands.run("pwd", { workingDirectory: "/" })).logs.stdout[0]?.text, "/");
      const envs = { ONLY_NOW: "set" };
      assert.equal((await commands.run('echo "${ONLY_NOW-unset}"', { envs })).logs.stdout[0]?.text, "set");
      assert.equal((await commands.run('echo "${ONLY_NOW-unset}"')).logs.stdout[0]?.text, "unset");

      const failed = await commands.run("echo out; echo err >&2; exit 3");
      assert.equal(failed.exitCode, 3);
      assert.equal(failed.logs.stdout[0]?.text, "out");
      assert.equal(failed.logs.stderr[0]?.text, "err");
      assert.equal(failed.logs.stderr[0]?.isError, true);
      assert.equal((await commands.run("sleep 30", { timeoutSeconds: 0.3 })).exitCode, -1);
    },
  },
  {
    number: 14,
    name: "a background command returns at once, without exit code, with an id for status",
    run: async ({ create }) => {
      const { commands } = await create();
      const startedAt = Date.now();
      const execution = await commands.run("sleep 30", { background: true });
      assert.ok(Date.now() - startedAt < 10_000);
      assert.equal(execution.exitCode, undefined);
      assert.ok(execution.id);
      const status = await commands.getCommandStatus(execution.id);
      assert.equal(status.id, execution.id);
      assert.equal(status.running, true);
      assert.equal(status.exitCode, null);
      await commands.interrupt(execution.id);
      const ended = await poll(
        () => commands.getCommandStatus(execution.id ?? ""),
        ({ running }) => running === false,
      );
      assert.ok(ended.finishedAt instanceof Date);
    },
  },
  {
    number: 15,
    name: "an unknown command is an error with its code, no complete event, and says so on stderr",
    run: async ({ create }) => {
      const { commands } = await create();
      let completed = false;
      const execution = await commands.run("no-such-command-4711", undefined, {
        onExecutionComplete: () => void (completed = true),
      });
      assert.ok(execution.id);
      assert.equal(completed, false);
      assert.equal(execution.complete, undefined);
      assert.equal(execution.error?.name, "CommandExecError");
      assert.equal(execution.error?.value, "127");
      assert.equal(execution.exitCode, 127);
      assert.ok(execution.logs.stderr.some(({ text }) => text.includes("no-such-command-4711")));
    },
  },
  {
    number: 16,
    name: "logs of a background command are read by cursor; an empty tail is not an error",
    run: async ({ create }) => {
      const { commands } = await create();
      const { id = "" } = await commands.run("echo line-1; sleep 0.4; echo line-2 >&2", { background: true });
      let content = "";
      let cursor: number | undefined;
      await poll(
        async () => {
          const logs = await commands.getBackgroundCommandLogs(id, cursor);
          content += logs.content;
          cursor = logs.cursor;
          return content;
        },
        (text) => text.includes("line-2"),
      );
      assert.equal(content, "line-1\nline-2\n");
      assert.equal((await commands.getBackgroundCommandLogs(id, cursor)).content, "");
      const status = await poll(
        () => commands.getCommandStatus(id),
        ({ running }) => running === false,
      );
      assert.equal(status.exitCode, 0);
    },
  },
  {
    number: 18,
    name: "interrupt by the id of init ends the run; the next command works",
    run: async ({ create }) => {
      const { commands } = await create();
      let id = "";
      const startedAt = Date.now();
      let interrupted: Promise<void> | undefined;
      const execution = await commands.run("echo started; sleep 60", undefined, {
        onInit: (init) => void (id = init.id),
        onStdout: () => void (interrupted ??= commands.interrupt(id)),
      });
      await interrupted;
      assert.ok(Date.now() - startedAt < 20_000);
      assert.equal(execution.id, id);
      assert.notEqual(execution.exitCode, 0);
      assert.equal((await commands.run("echo next")).exitCode, 0);
    },
  },
];
