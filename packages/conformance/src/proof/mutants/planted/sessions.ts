import type { Alteration, StreamFrame } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import {
  answerJson,
  asSuccess,
  commandText,
  events,
  execdRoute,
  exitValue,
  frames,
  isEnd,
  isOutput,
  isSessionRun,
  refusalAccepted,
  requestJson,
  signalText,
  withExit,
} from "./altering.js";

const creates = execdRoute("POST", /^\/session$/);
const deletes = execdRoute("DELETE", /^\/session\/[^/]+$/);

/**
 * Runs in other sessions begin with the last export of one session; `change` is what is done to every command on the
 * way.
 */
function sharedVariables(change: (command: string) => string): Alteration {
  let exported: { readonly path: string; readonly command: string } | undefined;
  return requestJson(isSessionRun, (json, { path }) => {
    if (typeof json["command"] !== "string" || json["command"].trim() === "") return json;
    const command = change(json["command"]);
    if (command.startsWith("export ")) exported = { path, command };
    const isOwn = exported === undefined || exported.path === path;
    return { ...json, command: isOwn ? command : `${exported?.command}\n${command}` };
  });
}

/** Wrong sessions. */
export const sessionMutants: readonly ServerMutant[] = [
  conditional(
    "one-session-for-all",
    "every session is the first one",
    "execd/session/create",
    "execd.session.create/own-id",
    () => {
      let first: unknown;
      return answerJson(creates, (json) => ({ ...json, session_id: (first ??= json["session_id"]) }));
    },
  ),
  conditional(
    "session-status-7-as-success",
    "exit status 7 of a session run is reported as success",
    "execd/session/run",
    "execd.session.run/wrong-exit",
    () => events(isSessionRun, (event) => (exitValue(event) === "7" ? asSuccess(event) : event)),
  ),
  conditional(
    "session-lines-swapped",
    "the first two lines of a session run change places",
    "execd/session/text",
    "execd.session.run/lines",
    () =>
      frames(isSessionRun, async function* (stream) {
        let held: StreamFrame | undefined;
        let isDone = false;
        for await (const frame of stream) {
          if (isOutput(frame) && held === undefined && !isDone) {
            held = frame;
            continue;
          }
          if (held !== undefined && isEnd(frame)) yield held;
          yield frame;
          if (held !== undefined && isOutput(frame)) yield held;
          if (isOutput(frame) || isEnd(frame)) {
            held = undefined;
            isDone = true;
          }
        }
      }),
  ),
  conditional(
    "session-forgets-variables",
    "exported variables are forgotten",
    "execd/session/keeps-env",
    "execd.session.keeps-env/env-lasts",
    () => commandText(isSessionRun, (command) => `unset \${!RX_*}; ${command}`),
  ),
  conditional(
    "session-escapes-variables",
    "every run puts a backslash before the quotes, dollars, backticks and backslashes of exported variables",
    "execd/session/keeps-quoting",
    "X65/unchanged",
    () =>
      commandText(
        isSessionRun,
        (command) =>
          `for rx in \${!RX_*}; do printf -v "$rx" %s "$(printf %s "\${!rx}" | sed 's/["$\`\\\\]/\\\\&/g')"; done; unset rx\n${command}`,
      ),
  ),
  conditional(
    "sessions-share-variables",
    "what one session exports other sessions have too",
    "execd/session/env-isolated",
    "execd.session.isolated/not-across",
    () => sharedVariables((command) => command),
  ),
  conditional(
    "sessions-share-damaged-variables",
    "what one session exports other sessions have too, and blanks in values get lost: the first fault must not hide the second",
    "execd/session/env-isolated",
    "execd.session.isolated/not-across",
    () => sharedVariables((command) => command.replaceAll(" two words", "")),
  ),
  conditional(
    "session-keeps-unset-variables",
    "a variable that was unset is there again in the next run",
    "execd/session/unsets-env",
    "execd.session.keeps-env/unset-lasts",
    () => commandText(isSessionRun, (command) => command.replace(/^unset RX_\w+$/, ":")),
  ),
  conditional(
    "session-forgets-directory",
    "each run begins in the root directory",
    "execd/session/keeps-cwd",
    "execd.session.keeps-cwd/cwd-lasts",
    () => commandText(isSessionRun, (command) => `cd /; ${command}`),
  ),
  conditional(
    "session-exit-above-127-wraps",
    "an exit status above 127 of a session run loses its highest bit",
    "execd/session/exit",
    "execd.session.exit/wrong-exit",
    () =>
      events(isSessionRun, (event) =>
        Number(exitValue(event)) > 127 ? withExit(event, Number(exitValue(event)) & 127) : event,
      ),
  ),
  conditional(
    "session-timeout-as-success",
    "a session run that was ended by its timeout is reported as success",
    "execd/session/timeout",
    "execd.session.timeout/timeout-is-no-success",
    () =>
      events(isSessionRun, (event) =>
        event["type"] === undefined && String(event["message"]).includes("timeout") ? asSuccess(event) : event,
      ),
  ),
  conditional(
    "session-timeout-waits",
    "a session run ends only when its child would have",
    "execd/session/timeout-with-child",
    "X20/kept",
    () =>
      frames(isSessionRun, async function* (stream, { body }) {
        for await (const frame of stream) {
          if (isEnd(frame) && body.includes("sleep 6")) await new Promise((resolve) => setTimeout(resolve, 6_000));
          yield frame;
        }
      }),
  ),
  always(
    "session-not-deleted",
    "a deleted session runs on",
    "execd/session/delete",
    "execd.session.delete/runs-no-more",
    () => ({
      request: (request) => (deletes(request) ? { status: 200, headers: {}, body: Buffer.alloc(0) } : request),
    }),
  ),
  always(
    "unknown-session-deleted",
    "deleting an unknown session succeeds",
    "execd/session/delete",
    "execd.session.delete-unknown/unknown-is-404",
    () => refusalAccepted(deletes),
  ),
  conditional(
    "deleted-run-as-success",
    "the run of a deleted session is reported as success",
    "execd/session/delete-running",
    "execd.session.delete-running/run-ends",
    () => events(isSessionRun, (event) => (signalText(event).includes("killed") ? asSuccess(event) : event)),
  ),
  conditional(
    "session-empty-command-runs",
    "an empty command runs in a session",
    "execd/session/required",
    "execd.session.required/refused",
    () => requestJson(isSessionRun, (json) => (json["command"] === "" ? { ...json, command: "true" } : json)),
  ),
  conditional(
    "session-run-lost",
    "one run in fifty on a kept connection ends after init",
    "execd/session/lost-runs",
    "execd.session.lost-runs/lost-run",
    () =>
      frames(isSessionRun, async function* (stream, { nthOnConnection }) {
        for await (const frame of stream) {
          yield frame;
          if (nthOnConnection % 50 === 49) yield { act: "finish" };
        }
      }),
  ),
];
