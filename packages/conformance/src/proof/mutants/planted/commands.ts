import { setTimeout } from "node:timers/promises";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import {
  answerJson,
  answers,
  asSuccess,
  commandText,
  events,
  execdRoute,
  exitValue,
  frames,
  isCommand,
  isEnd,
  refusalAccepted,
  requestJson,
  signalText,
  withExit,
} from "./altering.js";

const status = execdRoute("GET", /^\/command\/status\//);
const logs = execdRoute("GET", /^\/command\/[^/]+\/logs/);
const interrupt = execdRoute("DELETE", /^\/command(\?|$)/);
const CURSOR = "execd-commands-tail-cursor";

/** Wrong ends, requests, statuses, logs and interrupts of commands. */
export const commandMutants: readonly ServerMutant[] = [
  conditional(
    "status-1-as-success",
    "exit status 1 is reported as success",
    "execd/command-exit/zero",
    "execd.exit.zero/failure-is-no-completion",
    () => events(isCommand, (event) => (exitValue(event) === "1" ? asSuccess(event) : event)),
  ),
  conditional(
    "unknown-program-as-1",
    "a program that does not exist is 1 instead of 127",
    "execd/command-exit/of-pipeline",
    "execd.exit.code/unknown-program",
    () => events(isCommand, (event) => (exitValue(event) === "127" ? withExit(event, 1) : event)),
  ),
  conditional(
    "segfault-as-success",
    "death by SIGSEGV is reported as success",
    "execd/command-exit/signal",
    "execd.exit.signal/signal-is-error",
    () => events(isCommand, (event) => (signalText(event).includes("segmentation") ? asSuccess(event) : event)),
  ),
  conditional(
    "timeout-as-success",
    "a command that was ended by its timeout is reported as success",
    "execd/command-exit/timeout",
    "execd.exit.timeout/timeout-is-no-success",
    () =>
      events(isCommand, (event, _nth, { body }) =>
        exitValue(event) === "-1" && body.includes('"timeout":') ? asSuccess(event) : event,
      ),
  ),
  conditional(
    "timeout-leaves-children",
    "a timeout ends the shell and leaves its children",
    "execd/command-exit/timeout",
    "execd.exit.timeout/children-end",
    () => commandText(isCommand, (command) => `set -m; ${command}`),
  ),
  conditional(
    "timeout-a-tenth",
    "timeouts come after a tenth of their time",
    "execd/command-exit/timeout-not-early",
    "execd.exit.timeout-not-early/not-before-its-time",
    () =>
      requestJson(isCommand, (json) =>
        typeof json["timeout"] === "number" && json["timeout"] > 0 && json["timeout"] < 10_000
          ? { ...json, timeout: Math.ceil(json["timeout"] / 10) }
          : json,
      ),
  ),
  always(
    "cwd-ignored",
    "the directory of a request is ignored",
    "execd/command-request/cwd",
    "execd.command.cwd/valid-one-works",
    () => requestJson(isCommand, ({ cwd: _, ...json }) => json),
  ),
  conditional(
    "envs-cleaned",
    "characters of the shell are taken out of variables",
    "execd/command-request/envs",
    "execd.command.envs/value",
    () =>
      requestJson(isCommand, (json) => {
        const envs = json["envs"] as Readonly<Record<string, string>> | undefined;
        return envs === undefined
          ? json
          : {
              ...json,
              envs: Object.fromEntries(
                Object.entries(envs).map(([name, value]) => [name, value.replace(/["'$`\\=;&|<>*?]/g, "")]),
              ),
            };
      }),
  ),
  conditional(
    "envs-last",
    "variables of one command are seen by the next",
    "execd/command-request/envs",
    "execd.command.envs/valid-one-works",
    () => {
      let kept: unknown;
      return requestJson(isCommand, (json) => {
        kept = json["envs"] ?? kept;
        return kept === undefined ? json : { ...json, envs: kept };
      });
    },
  ),
  conditional(
    "empty-command-runs",
    "an empty command runs and succeeds",
    "execd/command-request/required",
    "execd.command.required/refused",
    () => requestJson(isCommand, (json) => (json["command"] === "" ? { ...json, command: "true" } : json)),
  ),
  conditional(
    "timeout-text-ignored",
    "a timeout that is a text is ignored",
    "execd/command-request/malformed",
    "execd.command.malformed/refused",
    () =>
      requestJson(isCommand, ({ timeout, ...json }) =>
        typeof timeout === "string" || timeout === undefined ? json : { ...json, timeout },
      ),
  ),
  conditional(
    "negative-timeout-as-none",
    "a negative timeout means no timeout",
    "execd/command-request/negative-timeout",
    "execd.command.negative-timeout/refused",
    () => requestJson(isCommand, (json) => (Number(json["timeout"]) < 0 ? { ...json, timeout: 0 } : json)),
  ),
  conditional(
    "gid-alone-ignored",
    "a group without a user is ignored",
    "execd/command-request/gid-without-uid",
    "execd.command.gid-without-uid/refused",
    () => requestJson(isCommand, ({ gid: _, ...json }) => json),
  ),
  conditional(
    "stdin-not-empty",
    "a command reads what it was not given",
    "execd/command-request/stdin",
    "execd.command.stdin/valid-one-works",
    () => commandText(isCommand, (command) => `exec < /etc/hostname; ${command}`),
  ),
  conditional(
    "first-line-only",
    "of a script of several lines only the first runs",
    "execd/command-request/shell",
    "execd.command.shell/valid-one-works",
    () => commandText(isCommand, (command) => command.split("\n")[0] ?? ""),
  ),
  conditional(
    "unknown-fields-refused",
    "a request with an unknown field is refused",
    "execd/command-request/unknown-fields",
    "execd.command.required/valid-one-works",
    () =>
      requestJson(isCommand, (json) =>
        Object.keys(json).some(
          (key) => !["command", "cwd", "background", "timeout", "uid", "gid", "envs"].includes(key),
        )
          ? { ...json, command: "" }
          : json,
      ),
  ),
  always(
    "background-waits",
    "a background stream ends eleven seconds after its command has started",
    "execd/background/starts",
    "X16/at-once",
    () =>
      frames(
        (request) => isCommand(request) && request.body.includes('"background":true'),
        async function* (stream) {
          for await (const frame of stream) {
            for (let second = 0; isEnd(frame) && second < 11; second++) {
              await setTimeout(1_000);
              yield { event: { type: "ping", text: "pong", timestamp: Date.now() } };
            }
            yield frame;
          }
        },
      ),
  ),
  always(
    "background-output-in-stream",
    "a background stream has output",
    "execd/background/starts",
    "execd.background.started/background-output",
    () =>
      events(isCommand, (event, _nth, { body }) =>
        event["type"] === "ping" && body.includes('"background":true')
          ? { type: "stdout", text: "out", timestamp: Date.now() }
          : event,
      ),
  ),
  always(
    "status-always-0",
    "the status of every finished command is 0",
    "execd/background/status",
    "execd.background.status/wrong-exit",
    () =>
      answerJson(status, ({ error: _, ...json }) =>
        json["exit_code"] === undefined ? json : { ...json, exit_code: 0 },
      ),
  ),
  conditional(
    "log-without-blank-lines",
    "blank lines are missing in logs",
    "execd/background/logs",
    "execd.background.logs/whole-log",
    () =>
      answers(logs, (answer) => ({
        ...answer,
        body: Buffer.from(answer.body.toString("latin1").replaceAll("\n\n", "\n"), "latin1"),
      })),
  ),
  conditional(
    "cursor-one-too-far",
    "the log cursor of a page with text is one byte too far",
    "execd/background/cursor",
    "execd.background.cursor/pages-joined",
    () =>
      answers(logs, (answer) => {
        const cursor = answer.headers[CURSOR];
        return cursor === undefined || answer.body.length === 0
          ? answer
          : { ...answer, headers: { ...answer.headers, [CURSOR]: String(Number(cursor) + 1) } };
      }),
  ),
  conditional(
    "cursor-ignored",
    "every page of a log begins at its beginning",
    "execd/background/cursor",
    "execd.background.cursor/pages-joined",
    () => ({
      request: (request) => (logs(request) ? { ...request, path: request.path.replace(/\?.*$/, "") } : request),
    }),
  ),
  conditional(
    "background-timeout-ignored",
    "a background command has no timeout",
    "execd/background/timeout",
    "execd.background.timeout/ended-as-failure",
    () =>
      requestJson(isCommand, ({ timeout, ...json }) =>
        timeout === undefined || json["background"] === true ? json : { ...json, timeout },
      ),
  ),
  conditional(
    "status-of-killed-is-0",
    "the status of a command that a signal ended is 0",
    "execd/background/foreground-status",
    "execd.status.foreground/status-agrees",
    () =>
      answerJson(status, (json) =>
        String(json["error"]).includes("signal") ? { ...json, exit_code: 0, error: "" } : json,
      ),
  ),
  always(
    "times-without-zone",
    "the times of a status have no zone",
    "execd/background/times",
    "execd.status.times/rfc-3339",
    () =>
      answerJson(status, (json) =>
        Object.fromEntries(
          Object.entries(json).map(([name, value]) => [
            name,
            name.endsWith("_at") ? String(value).replace(/(Z|[+-]\d\d:\d\d)$/, "") : value,
          ]),
        ),
      ),
  ),
  always(
    "finished-when-started",
    "the finish time of a status is its start time",
    "execd/background/times",
    "execd.status.times/in-order",
    () =>
      answerJson(status, (json) =>
        json["finished_at"] === undefined ? json : { ...json, finished_at: json["started_at"] },
      ),
  ),
  always(
    "unknown-status-as-finished",
    "the status of an unknown id is that of a success",
    "execd/background/unknown",
    "execd.status.unknown/unknown-is-404",
    () =>
      refusalAccepted(status, {
        id: "unknown",
        running: false,
        exit_code: 0,
        started_at: "2026-01-01T00:00:00Z",
        finished_at: "2026-01-01T00:00:00Z",
      }),
  ),
  always(
    "unknown-log-as-empty",
    "the log of an unknown id is empty",
    "execd/background/unknown",
    "execd.logs.unknown/unknown-log-refused",
    () => refusalAccepted(logs),
  ),
  conditional(
    "interrupted-as-success",
    "a command that was interrupted is reported as success",
    "execd/interrupt/stops",
    "execd.interrupt.stops/no-success",
    () => events(isCommand, (event) => (signalText(event).includes("terminated") ? asSuccess(event) : event)),
  ),
  conditional(
    "killed-as-success",
    "a command that had to be killed is reported as success",
    "execd/interrupt/forces",
    "execd.interrupt.forces/ended",
    () => events(isCommand, (event) => (signalText(event).includes("killed") ? asSuccess(event) : event)),
  ),
  conditional(
    "traps-ignored",
    "programs cannot handle an interrupt",
    "execd/interrupt/trapped",
    "execd.interrupt.stops/own-status",
    () => commandText(isCommand, (command) => command.replace(/trap '[^']+' [A-Z ]+;/g, "")),
  ),
  conditional(
    "finished-interrupt-accepted",
    "interrupting what has finished is accepted",
    "execd/interrupt/background",
    "execd.interrupt.stops/finished-is-refused",
    () => refusalAccepted(interrupt, "", ({ body }) => body.includes("not running")),
  ),
  always(
    "unknown-interrupt-accepted",
    "interrupting an unknown id is accepted",
    "execd/interrupt/unknown",
    "execd.interrupt.unknown/unknown-refused",
    () => refusalAccepted(interrupt, "", ({ body }) => body.includes("no such session")),
  ),
  always(
    "interrupt-without-id-accepted",
    "an interrupt without an id is accepted",
    "execd/interrupt/unknown",
    "execd.interrupt.no-id/no-id-is-400",
    () => refusalAccepted(interrupt, "", ({ body }) => body.includes("MISSING_QUERY")),
  ),
];
