import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { judgeExit, judgeExitSources } from "../../oracles/exit-oracle.js";
import { exitOfStatus } from "../../oracles/exit-status.js";
import { judgeLogPages, type LogPage } from "../../oracles/log-cursor-oracle.js";
import { judgeStream } from "../../oracles/stream-oracle.js";
import { judgeLog } from "../../oracles/text-oracle.js";
import { bytesOf, headerOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { type EventRun, eventRun, exitOf } from "../event-run.js";
import { printing } from "./output.js";

/** What the status route tells of a command. */
export interface CommandStatus {
  readonly status: number;
  readonly running: boolean;
  readonly exit_code?: number;
  readonly error?: string;
  readonly started_at?: string;
  readonly finished_at?: string;
  readonly id?: string;
}

const CURSOR = "execd-commands-tail-cursor";

/** Reads the status of a command. */
export async function statusOfCommand(execd: Endpoint, id: string): Promise<CommandStatus> {
  const answer = await execd.call({ method: "GET", path: `/command/status/${id}` });
  return { running: false, ...objectOf(answer), status: statusOf(answer) };
}

/** Waits until a command has finished; right after its start it may still be unknown (X60). */
export function finishedStatus(
  context: CheckContext,
  execd: Endpoint,
  id: string,
  withinMs = 20_000,
): Promise<CommandStatus> {
  return context.waitUntil(
    () => statusOfCommand(execd, id),
    ({ status, running }) => status === 200 && !running,
    withinMs,
  );
}

async function started(
  context: CheckContext,
  execd: Endpoint,
  json: Readonly<Record<string, unknown>>,
): Promise<EventRun & { readonly id: string }> {
  const run = await eventRun(execd, "/command", { background: true, ...json });
  context.must(run.end?.type === "execution_complete", {
    invariant: "started",
    expected: "execution_complete",
    observed: run.end?.type ?? run.exchange.end,
  });
  context.must(run.id !== undefined, { invariant: "has-id", expected: "an id in init", observed: run.frames[0] });
  return { ...run, id: run.id ?? "" };
}

async function readPage(execd: Endpoint, id: string, cursor?: string): Promise<LogPage> {
  const answer = await execd.call({
    method: "GET",
    path: `/command/${id}/logs${cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`}`,
  });
  return { ...(cursor === undefined ? {} : { sent: cursor }), bytes: bytesOf(answer), next: headerOf(answer, CURSOR) };
}

/** Background commands, their status and logs (`execd.md` 3). */
export const backgroundChecks = checkTopic(
  { part: "execd", topic: "background", group: "commands", capability: "core" },
  {
    starts: {
      title: "a background command answers at once that it has started, without its output",
      clauses: ["execd.background.started", "X16", "X67"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const run = await started(context, execd, { command: `echo ${nonce}; sleep 20` });
        const log = await execd.call({ method: "GET", path: `/command/${run.id}/logs` });
        context.observe("X67", statusOf(log) === 200 ? "at once" : `not at once: ${statusOf(log)}`);
        const at = run.exchange.chunks.at(-1)?.atMs ?? 0;
        context.must(at < 10_000, {
          clause: "X16",
          invariant: "at-once",
          expected: "an end before the command ends",
          observed: `${Math.round(at)} ms`,
        });
        // The order of frames is covered by the checks of foreground commands.
        const found = judgeStream({ kind: "background", items: run.items, end: "client" }).find(
          ({ invariant }) => invariant === "background-output",
        );
        context.must(found === undefined, {
          invariant: "background-output",
          expected: found?.expected,
          observed: found?.observed,
        });
        context.positive("the stream ended while the command was sleeping");
        const status = await context.waitUntil(
          () => statusOfCommand(execd, run.id),
          (seen) => seen.status === 200,
          5_000,
        );
        context.must(status.running, { invariant: "still-running", expected: true, observed: status });
        context.must(status.exit_code === undefined, {
          invariant: "no-exit-yet",
          expected: "no exit code",
          observed: status.exit_code,
        });
        context.negative("the status says that it still runs, without an exit code");
        await execd.call({ method: "DELETE", path: `/command?id=${run.id}` });
      },
    },
    status: {
      title: "the status says running, then the exit code, also for a failure",
      clauses: ["execd.background.status"],
      async run(context) {
        const execd = await context.execd();
        const code = context.random.integer(3, 100);
        const [good, bad] = await Promise.all([
          started(context, execd, { command: "sleep 0.3" }),
          started(context, execd, { command: `sleep 0.3; exit ${code}` }),
        ]);
        const [first, second] = await Promise.all([
          finishedStatus(context, execd, good.id),
          finishedStatus(context, execd, bad.id),
        ]);
        context.must(!first.running && first.exit_code === 0, { invariant: "zero", expected: 0, observed: first });
        context.positive("a success is 0");
        const found = judgeExit(
          { exited: code },
          exitOfStatus({
            id: bad.id,
            running: second.running,
            ...(second.exit_code === undefined ? {} : { exit_code: second.exit_code }),
            error: second.error ?? "",
          }),
        )[0];
        context.must(found === undefined, {
          invariant: found?.invariant ?? "wrong-exit",
          expected: code,
          observed: second,
        });
        context.negative("a failure is its code");
      },
    },
    logs: {
      title: "the log has all output of both streams",
      clauses: ["execd.background.logs"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const text = `${nonce} ü\n\nsecond\n`;
        const run = await started(context, execd, {
          command: `${printing(text)}; sleep 0.2; echo ${nonce}-err >&2; sleep 0.2; echo last`,
        });
        await finishedStatus(context, execd, run.id);
        const log = textOf(await execd.call({ method: "GET", path: `/command/${run.id}/logs` }));
        const found = judgeLog(`${text}${nonce}-err\nlast\n`, log).find(({ level }) => level === "MUST");
        context.must(found === undefined, {
          invariant: "whole-log",
          expected: found?.expected,
          observed: found?.observed,
        });
        context.positive("the log is what was written, both streams in order");
        const silent = await started(context, execd, { command: "true" });
        await finishedStatus(context, execd, silent.id);
        const none = await execd.call({ method: "GET", path: `/command/${silent.id}/logs` });
        context.must(statusOf(none) === 200 && bytesOf(none).length === 0, {
          invariant: "empty-log",
          expected: "an empty log",
          observed: textOf(none).slice(0, 80),
        });
        context.negative("a command that writes nothing has an empty log");
      },
    },
    cursor: {
      title: "pages of the log by cursor join to the whole log, without gap or overlap, and are empty at the end",
      clauses: ["execd.background.cursor", "X11"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const count = context.size(5, 8, 20);
        const run = await started(context, execd, {
          command: `for i in $(seq 1 ${count}); do printf '${nonce} 你好 %s\\n' $i; sleep 0.05; done`,
        });
        const pages: LogPage[] = [];
        let cursor: string | undefined;
        const page = async (): Promise<void> => {
          const read = await readPage(execd, run.id, cursor);
          pages.push(read);
          cursor = read.next;
        };
        for (let turn = 0; turn < 6; turn++) {
          await page();
          await context.pause(60);
        }
        await finishedStatus(context, execd, run.id);
        await page();
        await page();
        const whole = bytesOf(await execd.call({ method: "GET", path: `/command/${run.id}/logs` }));
        context.must(Buffer.from(whole).toString("utf8").includes(`${nonce} 你好 ${count}\n`), {
          invariant: "whole-log",
          expected: `${count} lines`,
          observed: Buffer.from(whole).toString("utf8").slice(-80),
        });
        const found = judgeLogPages(pages, whole)[0];
        context.must(found === undefined, {
          invariant: found?.invariant ?? "pages-joined",
          expected: found?.expected,
          observed: found?.observed,
        });
        context.positive(`${pages.length} pages join to ${whole.length} bytes`);
        context.must(pages.at(-1)?.bytes.length === 0, {
          invariant: "empty-at-end",
          expected: 0,
          observed: pages.at(-1)?.bytes.length,
        });
        context.negative("the page after the last is empty");
        context.observe(
          "X11",
          cursor === String(whole.length)
            ? "bytes"
            : cursor === String(count) || cursor === String(count - 1)
              ? "lines"
              : `neither: ${cursor}`,
        );
      },
    },
    timeout: {
      title: "a timeout ends a background command too",
      startsFirst: true,
      clauses: ["execd.background.timeout"],
      async run(context) {
        const execd = await context.execd();
        const marker = `/tmp/${context.random.token()}`;
        const [short, long] = await Promise.all([
          started(context, execd, { command: `sleep 1; touch ${marker}`, timeout: 300 }),
          started(context, execd, { command: "sleep 0.3; exit 4", timeout: 60_000 }),
        ]);
        const status = await finishedStatus(context, execd, short.id);
        context.must(!status.running && status.exit_code !== undefined && status.exit_code !== 0, {
          invariant: "ended-as-failure",
          expected: "a finished failure",
          observed: status,
        });
        context.positive("it was ended");
        const other = await finishedStatus(context, execd, long.id);
        context.must(other.exit_code === 4, { invariant: "not-early", expected: 4, observed: other });
        await context.pause(1_000);
        const left = await eventRun(execd, "/command", { command: `test -e ${marker}` });
        context.must(Number(left.end?.error?.evalue) === 1, {
          invariant: "does-not-go-on",
          expected: 1,
          observed: exitOf(left),
        });
        context.negative("one within its time was not, and the other did not go on");
      },
    },
    "foreground-status": {
      title: "status and stream of a foreground command agree",
      clauses: ["execd.status.foreground"],
      async run(context) {
        const execd = await context.execd();
        for (const command of ["true", `exit ${context.random.integer(3, 100)}`, "kill -KILL $$"]) {
          const run = await eventRun(execd, "/command", { command });
          const seen = await finishedStatus(context, execd, run.id ?? "");
          const found = judgeExitSources(
            exitOf(run),
            exitOfStatus({
              id: run.id ?? "",
              running: seen.running,
              ...(seen.exit_code === undefined ? {} : { exit_code: seen.exit_code }),
              error: seen.error ?? "",
            }),
          )[0];
          context.must(seen.status === 200 && !seen.running && found === undefined, {
            invariant: found?.invariant ?? "status-agrees",
            expected: exitOf(run),
            observed: seen,
          });
        }
        context.positive("success, failure and death agree");
        const running = await started(context, execd, { command: "sleep 20" });
        const status = await context.waitUntil(
          () => statusOfCommand(execd, running.id),
          (seen) => seen.status === 200,
          5_000,
        );
        context.must(status.running, { invariant: "running", expected: true, observed: status });
        context.negative("one that runs is told as running");
        await execd.call({ method: "DELETE", path: `/command?id=${running.id}` });
      },
    },
    times: {
      title: "start and finish times are RFC 3339 and in order",
      clauses: ["execd.status.times"],
      async run(context) {
        const execd = await context.execd();
        const run = await eventRun(execd, "/command", { command: "sleep 0.3" });
        const status = await finishedStatus(context, execd, run.id ?? "");
        const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
        context.must(pattern.test(status.started_at ?? "") && pattern.test(status.finished_at ?? ""), {
          invariant: "rfc-3339",
          expected: "two RFC 3339 times",
          observed: [status.started_at, status.finished_at],
        });
        const tookMs = Date.parse(status.finished_at ?? "") - Date.parse(status.started_at ?? "");
        context.must(tookMs >= 250, { invariant: "in-order", expected: "at least 250 ms", observed: tookMs });
        context.positive("a command of 300 ms took at least 250");
        const going = await started(context, execd, { command: "sleep 20" });
        const seen = await context.waitUntil(
          () => statusOfCommand(execd, going.id),
          ({ status: code }) => code === 200,
          5_000,
        );
        context.must(seen.running && seen.finished_at === undefined, {
          invariant: "not-finished",
          expected: "no finish time",
          observed: seen.finished_at,
        });
        context.negative("one that runs has no finish time");
        await execd.call({ method: "DELETE", path: `/command?id=${going.id}` });
      },
    },
    unknown: {
      title: "the status of an unknown id is 404, its log 4xx",
      clauses: ["execd.status.unknown", "execd.logs.unknown"],
      async run(context) {
        const execd = await context.execd();
        const none = context.random.token(32);
        const known = await eventRun(execd, "/command", { command: "true" });
        const there = await finishedStatus(context, execd, known.id ?? "");
        context.must(there.status === 200 && there.id === known.id, {
          invariant: "known-is-200",
          expected: known.id,
          observed: there,
        });
        context.positive("a known id is 200");
        const status = await execd.call({ method: "GET", path: `/command/status/${none}` });
        context.must(statusOf(status) === 404, {
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(status),
        });
        const logs = await execd.call({ method: "GET", path: `/command/${none}/logs` });
        context.must(statusOf(logs) >= 400 && statusOf(logs) < 500, {
          clause: "execd.logs.unknown",
          invariant: "unknown-log-refused",
          expected: "4xx",
          observed: statusOf(logs),
        });
        context.negative("an unknown one is refused");
      },
    },
  },
);
