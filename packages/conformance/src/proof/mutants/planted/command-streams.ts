import type { StreamFrame } from "../../../gateway/alteration.js";
import { always, conditional, ofServer } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answers, commandText, events, exitValue, frames, isCommand, isEnd, isOutput, typeOf } from "./altering.js";

/** Wrong streams and wrong output of commands. */
export const commandStreamMutants: readonly ServerMutant[] = [
  always(
    "init-late",
    "the first output comes before init",
    "execd/command-stream/init-first",
    "execd.stream.init/first-is-init",
    () =>
      frames(isCommand, async function* (stream) {
        let held: StreamFrame | undefined;
        for await (const frame of stream) {
          if (typeOf(frame) === "init") {
            held = frame;
            continue;
          }
          yield frame;
          if (held !== undefined) yield held;
          held = undefined;
        }
      }),
  ),
  always(
    "init-twice",
    "init comes again before the end",
    "execd/command-stream/init-first",
    "execd.stream.init/one-init",
    () =>
      frames(isCommand, async function* (stream) {
        let init: StreamFrame | undefined;
        for await (const frame of stream) {
          if (typeOf(frame) === "init") init = frame;
          else if (isEnd(frame) && init !== undefined) yield init;
          yield frame;
        }
      }),
  ),
  always("two-ends", "an error comes after the completion", "execd/command-stream/one-end", "X03/second-end", () =>
    frames(isCommand, async function* (stream) {
      for await (const frame of stream) {
        yield frame;
        if (typeOf(frame) === "execution_complete")
          yield {
            event: {
              type: "error",
              error: { ename: "CommandExecError", evalue: "1", traceback: [] },
              timestamp: Date.now(),
            },
          };
      }
    }),
  ),
  conditional(
    "output-after-failure",
    "after a failure one more line comes",
    "execd/command-stream/one-end",
    "X03/frame-after-end",
    () =>
      frames(isCommand, async function* (stream) {
        for await (const frame of stream) {
          yield frame;
          if (typeOf(frame) === "error") yield { event: { type: "stdout", text: "late", timestamp: Date.now() } };
        }
      }),
  ),
  always(
    "stream-as-plain-text",
    "streams are text/plain",
    "execd/command-stream/content-type",
    "execd.stream.content-type/event-stream",
    () => ({
      streamHeaders: (headers, request) =>
        isCommand(request) ? { ...headers, "content-type": "text/plain" } : headers,
    }),
  ),
  conditional(
    "quotes-not-escaped",
    "a quote in a text is not escaped",
    "execd/command-stream/frames-parse",
    "execd.stream.frames/malformed-frame",
    () =>
      frames(isCommand, async function* (stream) {
        for await (const frame of stream) {
          const text = "event" in frame && isOutput(frame) ? String(frame.event["text"]) : "";
          yield text.includes('"') && "event" in frame
            ? { text: `{"type":"${typeOf(frame)}","text":"${text}","timestamp":1}` }
            : frame;
        }
      }),
  ),
  always(
    "time-as-text",
    "the execution time is a text",
    "execd/command-stream/frames-parse",
    "execd.stream.frames/field-type",
    () =>
      events(isCommand, (event) =>
        event["type"] === "execution_complete" ? { ...event, execution_time: "soon" } : event,
      ),
  ),
  conditional(
    "angle-brackets-left-escaped",
    "escapes of angle brackets are doubled, so that they reach the reader",
    "execd/command-stream/frames-parse",
    "execd.stream.frames/escapes-restored",
    () =>
      events(isCommand, (event) =>
        typeof event["text"] === "string" ? { ...event, text: event["text"].replaceAll("<", "\\u003c") } : event,
      ),
  ),
  always(
    "output-at-the-end",
    "output is held back until the end",
    "execd/command-stream/flushed",
    "execd.stream.flushed/line-before-end",
    () =>
      frames(isCommand, async function* (stream) {
        const held: StreamFrame[] = [];
        for await (const frame of stream) {
          if (isEnd(frame)) yield* held.splice(0);
          if (isOutput(frame)) held.push(frame);
          else yield frame;
        }
      }),
  ),
  always(
    "body-cut-after-end",
    "the connection is cut after the end instead of ending the body",
    "execd/command-stream/body-complete",
    "execd.stream.body-complete/ends-as-announced",
    () =>
      frames(isCommand, async function* (stream) {
        for await (const frame of stream) {
          yield frame;
          if (isEnd(frame)) yield { act: "cut" };
        }
      }),
  ),
  ofServer(
    { faults: ["sigpipe-neighbours"] },
    "leaver-kills-others",
    "output for a client that has left kills the commands of all others",
    "execd/command-stream/left-in-output",
    "X66/other-runs-on",
  ),
  conditional(
    "leaver-ends-others",
    "a client that leaves ends the streams of all others",
    "execd/command-stream/other-client-gone",
    "execd.command.parallel/other-runs-on",
    () => {
      let leavers = 0;
      return frames(isCommand, async function* (stream) {
        const before = leavers;
        let isOver = false;
        try {
          for await (const frame of stream) {
            if (leavers > before) {
              yield { act: "finish" };
              return;
            }
            isOver ||= isEnd(frame);
            yield frame;
          }
          isOver = true;
        } finally {
          if (!isOver) leavers++;
        }
      });
    },
  ),
  conditional(
    "fourth-line-lost",
    "the fourth line of a stream is lost",
    "execd/command-output/lines",
    "execd.output.lines/stdout-lines",
    () => events(isCommand, (event, nth) => (event["type"] === "stdout" && nth === 4 ? undefined : event)),
  ),
  conditional(
    "blank-lines-dropped",
    "blank lines are dropped",
    "execd/command-output/blank-lines",
    "execd.output.lines/stdout-lines",
    () =>
      events(isCommand, (event) =>
        event["type"] === "stdout" && (event["text"] === "\n" || event["text"] === "") ? undefined : event,
      ),
  ),
  conditional(
    "utf8-read-as-latin1",
    "bytes above ASCII are taken for characters of their own",
    "execd/command-output/utf8",
    "execd.output.utf8/stdout-lines",
    () =>
      events(isCommand, (event) =>
        isOutput({ event }) ? { ...event, text: Buffer.from(String(event["text"]), "utf8").toString("latin1") } : event,
      ),
  ),
  conditional(
    "line-cut-at-64-kib",
    "a line is cut after 64 KiB",
    "execd/command-output/long-line",
    "execd.output.large/line-length",
    () =>
      events(isCommand, (event) =>
        isOutput({ event }) ? { ...event, text: String(event["text"]).slice(0, 65_536) } : event,
      ),
  ),
  conditional(
    "thousandth-line-lost",
    "the thousandth line of a stream is lost",
    "execd/command-output/many-lines",
    "execd.output.large/sequence",
    () => events(isCommand, (event, nth) => (event["type"] === "stdout" && nth === 1_000 ? undefined : event)),
  ),
  conditional(
    "end-overtakes-stderr",
    "where both streams were used, the end overtakes the last line",
    "execd/command-output/before-end",
    "execd.output.before-end/output-before-end",
    () =>
      frames(isCommand, async function* (stream) {
        const seen = new Set<string>();
        let held: StreamFrame | undefined;
        for await (const frame of stream) {
          if (isOutput(frame)) {
            seen.add(typeOf(frame) ?? "");
            if (held !== undefined) yield held;
            held = frame;
            continue;
          }
          if (isEnd(frame) && held !== undefined && seen.size < 2) {
            yield held;
            held = undefined;
          }
          yield frame;
          if (isEnd(frame) && held !== undefined) yield held;
        }
      }),
  ),
  conditional(
    "unterminated-line-lost",
    "a last line without terminator is lost",
    "execd/command-output/unterminated",
    "execd.output.unterminated/last-line",
    () =>
      commandText(
        isCommand,
        (command) => `set -o pipefail; {\n${command}\n} | while IFS= read -r line; do printf '%s\\n' "$line"; done`,
      ),
  ),
  conditional(
    "refusal-as-envelope",
    "a directory that does not exist is refused inside a stream",
    "execd/command-request/cwd-missing",
    "X02/refused-by-status",
    () =>
      answers(isCommand, (answer) => {
        if (answer.status !== 400 || !answer.body.includes("working directory")) return answer;
        const init = JSON.stringify({ type: "init", text: "0123456789abcdef0123456789abcdef", timestamp: Date.now() });
        return {
          status: 200,
          headers: { "content-type": "text/event-stream" },
          body: Buffer.from(`data: ${init}\n\n${answer.body.toString()}`),
        };
      }),
  ),
  conditional(
    "mixed-output",
    "the second line of a stream comes from another one that runs beside it",
    "execd/command-request/parallel",
    "execd.command.parallel/own-output",
    () => {
      const latest = new Map<object, unknown>();
      return frames(isCommand, async function* (stream) {
        const own = {};
        let lines = 0;
        try {
          for await (const frame of stream) {
            if (typeOf(frame) !== "stdout" || !("event" in frame)) {
              yield frame;
              continue;
            }
            lines++;
            const other = [...latest].find(([key]) => key !== own)?.[1];
            yield lines === 2 && other !== undefined ? { event: { ...frame.event, text: other } } : frame;
            latest.set(own, frame.event["text"]);
          }
        } finally {
          latest.delete(own);
        }
      });
    },
  ),
  conditional(
    "exit-above-127-wraps",
    "an exit status above 127 loses its highest bit",
    "execd/command-exit/code",
    "execd.exit.code/wrong-exit",
    () =>
      events(isCommand, (event) => {
        const code = Number(exitValue(event));
        return code > 127
          ? {
              ...event,
              error: {
                ename: "CommandExecError",
                evalue: String(code & 127),
                traceback: [`exit status ${code & 127}`],
              },
            }
          : event;
      }),
  ),
];
