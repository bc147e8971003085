import { lastValueFrom, type Observable } from "rxjs";
import {
  createClient,
  executionEnd,
  type Client,
  type ExecutionEnd,
  type ExecutionEvent,
  type Provisioning,
  type Sandbox,
} from "@rxsandbox/client";
import { errorText } from "../error-text.js";
import { exitCode, exitCodeOfEnd, exitCodeOfError, exitCodeOfInterruption } from "../exit-code.js";
import { interruption, type Interruption } from "../interruption.js";
import { startProgress, type Progress } from "../progress.js";
import { noServerText, serverAddress, type ServerAddressOptions } from "../server-address.js";
import type { Terminal } from "../terminal.js";

export interface RunOptions extends ServerAddressOptions {
  readonly image: string;
  /** Runs in this sandbox, which stays, instead of in a new one. */
  readonly sandbox?: string;
  /** Leaves the new sandbox alive. */
  readonly keep?: boolean;
  readonly timeoutSeconds?: number;
  readonly workingDirectory?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly proxy?: boolean;
}

/** Creates or connects with progress; rejects with what failed. Aborting undoes a create that is under way. */
async function obtainSandbox(
  client: Client,
  options: RunOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Sandbox> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const work: Observable<Provisioning | Sandbox> =
      options.sandbox === undefined ? client.provision({ image: options.image }) : client.connect(options.sandbox);
    const subscription = work.subscribe({
      next: (step: Provisioning | Sandbox) => {
        if (!("phase" in step)) return resolve(step);
        if (step.phase === "ready") resolve(step.sandbox);
        else if (step.phase === "probing")
          progress.say(`Waiting for sandbox ${step.info.id} to answer (probe ${step.attempt})`);
        else
          progress.say(
            step.phase === "creating"
              ? `Creating a sandbox from ${options.image}`
              : `Waiting for sandbox ${step.info.id}`,
          );
      },
      error: reject,
    });
    signal.addEventListener("abort", () => {
      subscription.unsubscribe();
      reject(signal.reason);
    });
  });
}

/**
 * The text of one output event as the command wrote it: a line gets its terminator back, a blank line is the text
 * `"\n"` already (`execd.md` 11.7).
 */
function writtenText(event: Extract<ExecutionEvent, { type: "stdout" | "stderr" }>): string {
  return event.unit === "chunk" || event.text === "\n" ? event.text : `${event.text}\n`;
}

async function stream(
  sandbox: Sandbox,
  command: string,
  options: RunOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExecutionEnd> {
  const events = sandbox.commands.iterate(command, {
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
    ...(options.workingDirectory === undefined ? {} : { workingDirectory: options.workingDirectory }),
    ...(options.env === undefined ? {} : { envs: options.env }),
  });
  signal.throwIfAborted();
  const iterator = events[Symbol.asyncIterator]();
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  aborted.catch(() => {}); // Only its race below matters.
  let end: ExecutionEnd | undefined;
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted]);
      if (step.done === true) break;
      const event = step.value;
      // A reader that is behind must not keep Ctrl-C from working.
      if (event.type === "stdout") await Promise.race([terminal.out(writtenText(event)), aborted]);
      else if (event.type === "stderr") await Promise.race([terminal.err(writtenText(event)), aborted]);
      else if (event.type === "error" || event.type === "execution_complete") {
        end = executionEnd(event);
      }
    }
  } finally {
    // Leaving early ends the remote command.
    await iterator.return?.();
  }
  if (end === undefined) throw new Error("the stream completed without an end");
  return end;
}

/** `rxsandbox run`: one command in a sandbox, its output as it arrives, its exit code as ours. */
export async function run(
  command: string,
  options: RunOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const address = await serverAddress(options, env);
  if (address === undefined) {
    await terminal.err(noServerText);
    return exitCode.usage;
  }
  const progress = startProgress(terminal);
  const abort = new AbortController();
  let interruptedBy: Interruption | undefined;
  const interrupted = interruption().subscribe({
    next: (signal) => abort.abort((interruptedBy = signal)),
    error: (error: unknown) => abort.abort(error),
  });
  let client: Client | undefined;
  let created: Sandbox | undefined;
  try {
    client = createClient({ ...address, ...(options.proxy === true ? { access: "proxy" as const } : {}) });
    const sandbox = await obtainSandbox(client, options, progress, abort.signal);
    if (options.sandbox === undefined) created = sandbox;
    progress.clear();
    return exitCodeOfEnd(await stream(sandbox, command, options, terminal, abort.signal));
  } catch (error) {
    if (abort.signal.aborted) {
      progress.say(
        options.keep === true ? "Interrupted: ending the command" : "Interrupted: ending the command and the sandbox",
      );
      return exitCodeOfInterruption(interruptedBy ?? "SIGINT");
    }
    progress.clear();
    await terminal.err(errorText(error));
    return exitCodeOfError(error);
  } finally {
    if (created !== undefined && options.keep !== true) await killed(created, terminal);
    else if (created !== undefined)
      await terminal.err(
        `Sandbox ${created.id} is still running. To use it: rxsandbox run --sandbox ${created.id} ...\n`,
      );
    // Waits for the interrupt of the command, the end of its stream, and the kill of a half-created sandbox.
    await client?.close();
    progress.clear();
    interrupted.unsubscribe();
  }
}

async function killed(sandbox: Sandbox, terminal: Terminal): Promise<void> {
  try {
    await lastValueFrom(sandbox.kill(), { defaultValue: undefined });
  } catch (error) {
    await terminal.err(`${errorText(error)}Sandbox ${sandbox.id} may still be running.\n`);
  }
}
