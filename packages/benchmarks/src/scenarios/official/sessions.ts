import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";
import { rejection } from "./rejection.js";

/** Behaviour 17: bash sessions. */
export const sessionScenarios: readonly Scenario[] = [
  {
    number: 17,
    name: "a session keeps exports and directory, apart from other sessions, and is deleted",
    run: async ({ create }) => {
      const { commands } = await create();
      const id = await commands.createSession({ workingDirectory: "/tmp" });
      const other = await commands.createSession();
      const text = async (sessionId: string, command: string): Promise<string | undefined> =>
        (await commands.runInSession(sessionId, command)).logs.stdout[0]?.text;

      assert.equal(await text(id, "pwd"), "/tmp");
      assert.equal((await commands.runInSession(id, "export COLOUR=blue")).exitCode, 0);
      assert.equal(await text(id, 'echo "${COLOUR-none}"'), "blue");
      assert.equal(await text(other, 'echo "${COLOUR-none}"'), "none");
      assert.equal((await commands.runInSession(id, "pwd", { workingDirectory: "/" })).logs.stdout[0]?.text, "/");

      const failed = await commands.runInSession(id, "exit 7");
      assert.equal(failed.error?.name, "CommandExecError");
      assert.equal(failed.error?.value, "7");
      assert.equal(failed.exitCode, 7);
      assert.equal(failed.complete, undefined);
      assert.equal(await text(id, 'echo "${COLOUR-none}"'), "blue");

      await commands.deleteSession(id);
      await rejection(commands.runInSession(id, "pwd"));
      await commands.deleteSession(other);
    },
  },
];
