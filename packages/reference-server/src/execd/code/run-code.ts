import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { encodeJson } from "../../shared/go-json/encode-json.js";
import type { EventStream } from "../answers/event-stream.js";
import type { WorkerContext } from "../worker-context.js";
import type { CodeContext, CodeContexts } from "./code-contexts.js";
import type { KernelReply, OutputSink } from "./kernel.js";

/** A run of code in a context. */
export interface CodeRun {
  readonly code: string;
  /** Loses the run after `init` (fault `proxied-run-lost`). */
  readonly isLost: boolean;
}

/**
 * Runs code in a context and streams what comes of it (`execd.md` 2.2 to 2.4): chunks of output, the result with its
 * count or the error with its status, and the completion. The answer ends right after the last frame.
 *
 * A disconnect does not interrupt the kernel; what it prints then is dropped. A context that is busy refuses by an
 * envelope.
 */
export async function runCode(
  entry: CodeContext,
  { code, isLost }: CodeRun,
  stream: EventStream,
  contexts: CodeContexts,
  context: WorkerContext,
): Promise<void> {
  const startedMs = performance.now();
  const { isBusy } = entry;
  // Before the first frame: a second request must not find it free.
  entry.isBusy = true;
  stream.init(entry.id);
  if (isBusy) return stream.envelope(`${PREFIX}session is busy`);
  if (isLost) return lose(entry, code, stream, contexts);
  const sink: OutputSink = (type, text) => stream.output(type, encodeJson(text).slice(1, -1));
  try {
    const reply = await contexts.run(entry, code, sink);
    entry.executionCount += 1;
    const complete = (): Promise<void> => stream.complete(Math.floor(performance.now() - startedMs));
    const isLate = context.faults.has("code-results-after-complete");
    if (isLate) await complete();
    await report(reply, entry, stream);
    if (!isLate) await complete();
    stream.end();
  } catch (error) {
    stream.envelope(`${PREFIX}${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Ends the answer and runs the code unseen; the context is busy for at least 150 ms. */
async function lose(entry: CodeContext, code: string, stream: EventStream, contexts: CodeContexts): Promise<void> {
  stream.end();
  const held = delay(LOST_BUSY_MS);
  // Nobody is left to tell how the code ended.
  await contexts.run(entry, code, () => undefined).catch(() => undefined);
  entry.isBusy = true;
  await held;
  entry.isBusy = false;
}

/** A real context is busy for 100 to 215 ms (`measured.md` 2.1). */
const LOST_BUSY_MS = 150;

/** The prefix of everything that goes wrong with `POST /code`. */
export const PREFIX = "error running codes ";

async function report(
  { result, error }: KernelReply,
  { executionCount }: CodeContext,
  stream: EventStream,
): Promise<void> {
  if (error !== undefined) {
    await stream.status("error");
    await stream.fail(error);
  } else if (result !== undefined) {
    await stream.count(executionCount);
    await stream.result(result);
  }
}

/**
 * Answers SQL as a daemon whose MySQL cannot be used: the one of this machine does not belong to the sandbox
 * (`execd.md` 5).
 */
export async function runSql(stream: EventStream): Promise<void> {
  stream.init(randomUUID());
  const problem = (await refusesConnections(MYSQL_PORT))
    ? `dial tcp 127.0.0.1:${MYSQL_PORT}: connect: connection refused`
    : "this server runs no SQL";
  await stream.fail({ ename: "DBInitError", evalue: problem, traceback: null });
  stream.envelope(`${PREFIX}${problem}`);
}

const MYSQL_PORT = 3306;

function refusesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (isRefused: boolean): void => {
      socket.destroy();
      resolve(isRefused);
    };
    socket.once("connect", () => settle(false));
    socket.once("error", () => settle(true));
  });
}
