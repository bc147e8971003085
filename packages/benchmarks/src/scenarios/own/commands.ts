import assert from "node:assert/strict";
import { exitCode, stderrText, stdoutLines, stdoutText, toExecution, type LogCursor } from "@rxsandbox/client";
import {
  concat,
  connect,
  filter,
  forkJoin,
  ignoreElements,
  map,
  merge,
  mergeMap,
  switchMap,
  take,
  tap,
  toArray,
} from "rxjs";
import { expectValue } from "./expect-value.js";
import type { OwnScenario } from "./own-scenario.js";
import { poll } from "./poll.js";

/** Behaviours 12 to 16 and 18: commands. */
export const ownCommandScenarios: readonly OwnScenario[] = [
  {
    number: 12,
    name: "echo: one init, one line without terminator, one end, exit code 0",
    run: ({ inSandbox }) =>
      inSandbox(({ commands }) =>
        commands.run("echo 'Hello OpenSandbox'").pipe(
          filter(({ type }) => type !== "ping"),
          toArray(),
          tap((events) => {
            const [init, line, end] = events;
            assert.equal(events.length, 3);
            assert.ok(init?.type === "init" && init.id !== "");
            assert.ok(line?.type === "stdout" && line.text === "Hello OpenSandbox" && line.unit === "line");
            assert.ok(Math.abs(line.timestamp - Date.now()) < 60_000);
            assert.ok(end?.type === "execution_complete" && end.executionTimeMs >= 0);
          }),
        ),
      ),
  },
  {
    number: 13,
    name: "the working directory is honoured; env lasts for one run; exit codes come back",
    run: ({ inSandbox }) =>
      inSandbox(({ commands }) =>
        concat(
          expectValue(commands.run("pwd", { workingDirectory: "/" }).pipe(stdoutText()), "/\n"),
          expectValue(
            commands.run('echo "${ONLY_NOW-unset}"', { envs: { ONLY_NOW: "set" } }).pipe(stdoutText()),
            "set\n",
          ),
          expectValue(commands.run('echo "${ONLY_NOW-unset}"').pipe(stdoutText()), "unset\n"),
          commands.run("echo out; echo err >&2; exit 3").pipe(
            toExecution(),
            tap(({ stdout, stderr, end }) =>
              assert.deepEqual([stdout.text, stderr.text, end], ["out\n", "err\n", { kind: "exited", exitCode: 3 }]),
            ),
          ),
          commands.run("sleep 30", { timeoutSeconds: 0.3 }).pipe(
            toExecution(),
            tap(({ end }) => assert.ok(end.kind === "signalled" && end.probablyTimedOut)),
          ),
        ),
      ),
  },
  {
    number: 14,
    name: "a background command gives its handle at once; its state comes by id",
    run: ({ inSandbox }) =>
      inSandbox(({ commands }) => {
        const startedAt = Date.now();
        return commands.start("sleep 30").pipe(
          switchMap((handle) => {
            assert.ok(Date.now() - startedAt < 10_000);
            return concat(
              commands
                .getStatus(handle.id)
                .pipe(
                  tap(({ id, running, exitCode: code }) =>
                    assert.deepEqual([id, running, code], [handle.id, true, null]),
                  ),
                ),
              handle.interrupt(),
              poll(
                () => handle.status(),
                ({ running }) => !running,
              ).pipe(tap(({ finishedAt }) => assert.ok(finishedAt instanceof Date))),
            );
          }),
        );
      }),
  },
  {
    number: 15,
    name: "an unknown command is an error event with its code, and says so on stderr",
    run: ({ inSandbox }) =>
      inSandbox(({ commands }) =>
        commands.run("no-such-command-4711").pipe(
          connect((events) =>
            forkJoin([
              events.pipe(toExecution()),
              events.pipe(
                map(({ type }) => type),
                toArray(),
              ),
              events.pipe(stderrText()),
            ]),
          ),
          tap(([execution, types, stderr]) => {
            assert.notEqual(execution.id, "");
            assert.equal(execution.error?.name, "CommandExecError");
            assert.deepEqual(execution.end, { kind: "exited", exitCode: 127 });
            assert.ok(!types.includes("execution_complete"));
            assert.ok(stderr.includes("no-such-command-4711"));
          }),
        ),
      ),
  },
  {
    number: 16,
    name: "logs of a background command are read by cursor; an empty tail is not an error",
    run: ({ inSandbox }) =>
      inSandbox(({ commands }) =>
        commands.start("echo line-1; sleep 0.4; echo line-2 >&2").pipe(
          switchMap((handle) => {
            let content = "";
            let cursor: LogCursor | undefined;
            const more = () =>
              handle.logs(cursor).pipe(
                map((logs) => {
                  ({ cursor } = logs);
                  return (content += logs.text);
                }),
              );
            return concat(
              expectValue(
                poll(more, (text) => text.includes("line-2")),
                "line-1\nline-2\n",
              ),
              expectValue(
                poll(more, () => true),
                "line-1\nline-2\n",
              ),
              poll(
                () => handle.status(),
                ({ running }) => !running,
              ).pipe(tap(({ exitCode: code }) => assert.equal(code, 0))),
            );
          }),
        ),
      ),
  },
  {
    number: 18,
    name: "interrupt by the id of init ends the run; so does an unsubscribe; the next command works",
    run: ({ inSandbox }) =>
      inSandbox(({ commands }) => {
        const startedAt = Date.now();
        const interrupted = commands.run("echo started; sleep 60").pipe(
          connect((events) =>
            merge(
              events.pipe(
                filter((event) => event.type === "init"),
                mergeMap(({ id }) => commands.interrupt(id)),
                ignoreElements(),
              ),
              events.pipe(toExecution()),
            ),
          ),
          tap(({ end }) =>
            assert.ok(
              Date.now() - startedAt < 20_000 &&
                end.kind !== "completed" &&
                !(end.kind === "exited" && end.exitCode === 0),
            ),
          ),
        );
        const left = commands.run("echo started; sleep 60").pipe(stdoutLines(), take(1));
        return concat(interrupted, left, expectValue(commands.run("echo next").pipe(exitCode()), 0));
      }),
  },
];
