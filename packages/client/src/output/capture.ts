import { Observable, Subscription, concatMap, ignoreElements, of, type Subscriber } from "rxjs";
import type { Execution, ExecutionEnd } from "@rxsandbox/execution";
import { SandboxError, isSandboxError, scoped } from "@rxsandbox/transport";
import { mayPass, poll, survive, type SandboxConnection, type Survival } from "@rxsandbox/transport/calls";
import { connectionOf } from "../sandbox-connection.js";
import type { Sandbox } from "../sandbox.js";
import { captureFiles, capturing, readStream, type CaptureFiles } from "./capture-files.js";
import { readCaptureOptions, type CaptureOptions, type CaptureSettings } from "./capture-options.js";

/** A command that ended, with its output. */
export interface CapturedExecution extends Execution {
  /** Whether the output had more than `maxBytes`: the command was interrupted, unless it ended before that was seen. */
  readonly limitReached: boolean;
}

/** What {@link capture} emits. */
export type CaptureEvent =
  /** The command runs. First. */
  | { readonly type: "started"; readonly commandId: string }
  /** How much output there is, and how much of it has been read: nothing before the command has ended. */
  | {
      readonly type: "progress";
      readonly stdoutBytes: number;
      readonly stderrBytes: number;
      readonly readBytes: number;
    }
  /** A request failed in a way that may pass; another one follows. */
  | { readonly type: "reconnecting"; readonly attempt: number; readonly cause: SandboxError }
  /** The last event. */
  | { readonly type: "result"; readonly execution: CapturedExecution };

const WHAT = "Capture command";
/** Between two looks at the size of the output: sooner where it grows fast towards the limit. */
const SIZE_PACE = { minMs: 250, maxMs: 5000 } as const;
/** Bytes read between two events of progress. */
const PROGRESS_BYTES = 1024 * 1024;
/** Characters of what a shell says that cannot open the files. */
const MAX_COMPLAINT = 500;

/**
 * Runs a command in the background with stdout and stderr in files of the sandbox, and emits its whole output at its
 * end: the fast way for much output, with the two streams apart.
 *
 * Producer: each subscription starts its own command, in a directory of its own below `/tmp`. Emits `started`,
 * `progress` while the output grows and while it is read, `reconnecting` after an error that may pass, and `result`
 * last, then completes once the files are removed, which is waited for for 5 s. A non-zero exit is data. Errors: as
 * `commands.follow`, so `outcome-unknown`, `not-found` and the last error after `giveUpAfterSeconds`;
 * `execution-failed` when the files are missing at the end, since the shell could not make them or the command removed
 * them; `cleanup-failed` when they could not be removed. Unsubscribe interrupts the command, and so does an error. The
 * files are removed at every end, in the background after an unsubscribe and when the client closes; removal is tried
 * again for 60 s. They stay only when this program dies or the sandbox cannot be reached until then. Bounds:
 * `maxOutputBytes` of each stream in memory (64 MiB), `maxBytes` of output on the disk (1 GiB). Requests: those of
 * `commands.follow`, and one for the size every 250 ms to 5 s (`execd.md` 3, 6).
 *
 * Processes that the command leaves behind keep the files open: what they write after its end is not captured. An
 * error of the shell counts lines from 2, since the first one opens the files.
 *
 * @example
 * const events = capture(sandbox, "seq 1 100000; echo careful >&2; exit 3");
 * const last = await lastValueFrom(events);
 * last.type === "result" && last.execution.stdout.text.length; // => 588895
 * last.type === "result" && last.execution.stderr.text; // => "careful\n"
 * last.type === "result" && last.execution.end; // => { kind: "exited", exitCode: 3 }
 */
export function capture(sandbox: Sandbox, command: string, options: CaptureOptions = {}): Observable<CaptureEvent> {
  const connection = connectionOf(sandbox);
  const settings = readCaptureOptions(options);
  const forUser = settings.start.uid !== undefined;
  // Wrong arguments are thrown here, at the call.
  void sandbox.commands.start(command, settings.start);
  return scoped(
    {
      scope: connection.scope,
      // The files have their names before they are there: from now on they are removed.
      acquire: new Observable<CaptureFiles>((subscriber) => {
        subscriber.next(captureFiles(connection, forUser));
        subscriber.complete();
      }),
      subject: ({ directory }) => ({ kind: "file", id: directory }),
      release: ({ remove }) => remove,
    },
    (files) =>
      new Observable<CaptureEvent>((subscriber) =>
        new Capture(sandbox, connection, settings, files, subscriber).start(capturing(command, files, forUser)),
      ),
  );
}

interface Sizes {
  readonly stdout: number;
  readonly stderr: number;
}

class Capture {
  readonly #sandbox: Sandbox;
  readonly #connection: SandboxConnection;
  readonly #settings: CaptureSettings;
  readonly #files: CaptureFiles;
  readonly #subscriber: Subscriber<CaptureEvent>;
  readonly #survival: Survival;
  /** Looks at the sizes; ends with the command. */
  readonly #watch = new Subscription();
  #commandId = "";
  /** What a shell says before its output goes to the files. */
  #complaint = "";
  #isLimitReached = false;
  #isInterrupting = false;
  #sizes: Sizes = { stdout: 0, stderr: 0 };
  #readBytes = 0;
  #toldBytes = 0;

  constructor(
    sandbox: Sandbox,
    connection: SandboxConnection,
    settings: CaptureSettings,
    files: CaptureFiles,
    subscriber: Subscriber<CaptureEvent>,
  ) {
    this.#sandbox = sandbox;
    this.#connection = connection;
    this.#settings = settings;
    this.#files = files;
    this.#subscriber = subscriber;
    this.#survival = {
      giveUpMs: settings.giveUpMs,
      onRetry: (attempt, cause) => subscriber.next({ type: "reconnecting", attempt, cause }),
    };
  }

  start(command: string): void {
    this.#subscriber.add(
      this.#files.create.pipe(survive(this.#survival)).subscribe({
        error: (error: unknown) => this.#subscriber.error(error),
        complete: () => this.#follow(command),
      }),
    );
  }

  #follow(command: string): void {
    const { giveUpMs, start } = this.#settings;
    const events = this.#sandbox.commands.follow(command, { ...start, giveUpAfterSeconds: giveUpMs / 1000 });
    this.#subscriber.add(this.#watch);
    this.#subscriber.add(
      events.subscribe({
        next: (event) => {
          if (event.type === "started") this.#begin(event.token.commandId);
          else if (event.type === "output") this.#complaint = (this.#complaint + event.text).slice(0, MAX_COMPLAINT);
          else if (event.type === "reconnecting") this.#subscriber.next(event);
          else this.#read(event.end);
        },
        error: (error: unknown) => this.#fail(error),
      }),
    );
  }

  #begin(commandId: string): void {
    this.#commandId = commandId;
    this.#subscriber.next({ type: "started", commandId });
    const startedAt = performance.now();
    const { maxBytes } = this.#settings;
    const delayMs = (): number => {
      const { stdout, stderr } = this.#sizes;
      const bytesPerMs = (stdout + stderr) / Math.max(1, performance.now() - startedAt);
      const leftMs = bytesPerMs === 0 ? Infinity : Math.max(0, maxBytes - stdout - stderr) / bytesPerMs;
      return Math.min(SIZE_PACE.maxMs, Math.max(SIZE_PACE.minMs, leftMs / 4));
    };
    this.#watch.add(
      poll(this.#connection, () => this.#lookAtSizes(), { delayMs }).subscribe({
        next: (sizes) => this.#judge(sizes),
        // Sizes are a service: whether the command can be followed is told elsewhere.
        error: () => undefined,
      }),
    );
  }

  /** The sizes of the files, as far as they can be had at the moment. */
  #lookAtSizes(): Observable<Sizes | undefined> {
    return new Observable((subscriber) =>
      this.#readSizes().subscribe({
        next: (sizes) => subscriber.next(sizes),
        error: () => {
          // The next look may see them: the shell may not have made the files yet.
          subscriber.next(undefined);
          subscriber.complete();
        },
        complete: () => subscriber.complete(),
      }),
    );
  }

  #readSizes(): Observable<Sizes> {
    const { stdout, stderr } = this.#files;
    return this.#sandbox.files
      .getFileInfo([stdout, stderr])
      .pipe(concatMap((info) => of({ stdout: info[stdout]?.size ?? 0, stderr: info[stderr]?.size ?? 0 })));
  }

  #judge(sizes: Sizes | undefined): void {
    if (sizes === undefined) return;
    const isChanged = sizes.stdout !== this.#sizes.stdout || sizes.stderr !== this.#sizes.stderr;
    this.#sizes = sizes;
    if (isChanged) this.#tell();
    if (this.#subscriber.closed || sizes.stdout + sizes.stderr <= this.#settings.maxBytes) return;
    this.#isLimitReached = true;
    if (this.#isInterrupting) return;
    this.#isInterrupting = true;
    const over = (): void => {
      this.#isInterrupting = false;
    };
    // One that fails is repeated after the next look. One that succeeds takes up to 3 s.
    this.#watch.add(this.#sandbox.commands.interrupt(this.#commandId).subscribe({ error: over, complete: over }));
  }

  #read(end: ExecutionEnd): void {
    this.#watch.unsubscribe();
    const { maxBytes, maxOutputBytes } = this.#settings;
    const { files } = this.#sandbox;
    const reading = {
      files,
      maxOutputBytes: Math.min(maxOutputBytes, maxBytes),
      survival: this.#survival,
      onBytes: (count: number) => this.#count(count),
    };
    const execution = this.#readSizes().pipe(
      survive(this.#survival),
      concatMap((sizes) => {
        this.#sizes = sizes;
        this.#isLimitReached ||= sizes.stdout + sizes.stderr > maxBytes;
        return readStream({ ...reading, path: this.#files.stdout, size: sizes.stdout }).pipe(
          concatMap((stdout) =>
            readStream({ ...reading, path: this.#files.stderr, size: sizes.stderr }).pipe(
              concatMap((stderr) => of({ stdout, stderr })),
            ),
          ),
        );
      }),
    );
    this.#subscriber.add(
      execution.subscribe({
        next: (output) => {
          this.#tell();
          this.#subscriber.next({
            type: "result",
            execution: {
              id: this.#commandId,
              ...output,
              results: [],
              omittedResults: 0,
              executionCount: null,
              executionTimeMs: null,
              error: errorOf(end),
              end,
              limitReached: this.#isLimitReached,
            },
          });
        },
        error: (error: unknown) => this.#subscriber.error(this.#explain(error)),
        complete: () => this.#subscriber.complete(),
      }),
    );
  }

  #count(bytes: number): void {
    this.#readBytes += bytes;
    if (this.#readBytes - this.#toldBytes >= PROGRESS_BYTES) this.#tell();
  }

  #tell(): void {
    this.#toldBytes = this.#readBytes;
    const { stdout, stderr } = this.#sizes;
    this.#subscriber.next({
      type: "progress",
      stdoutBytes: stdout,
      stderrBytes: stderr,
      readBytes: this.#readBytes,
    });
  }

  /** The command cannot be followed any more. One that may run is ended: nobody will read its output. */
  #fail(error: unknown): void {
    const id = this.#commandId;
    if (id !== "" && isSandboxError(error) && mayPass(error))
      void this.#connection.scope.cleanup(
        { kind: "command", id },
        this.#connection.cleanupApi
          .empty({ what: "Interrupt command", method: "DELETE", path: "/command", query: { id } })
          .pipe(ignoreElements()),
      );
    this.#subscriber.error(error);
  }

  #explain(error: unknown): unknown {
    if (!isSandboxError(error, "not-found") || error.serverCode !== "FILE_NOT_FOUND") return error;
    const said = this.#connection.cleanupApi
      .redactor({ what: WHAT, method: "GET", path: "/files/info" })
      .text(this.#complaint.trim());
    const detail = `the files of its output are missing${said === "" ? "" : `: ${said}`}`;
    const advice = "the command must not remove them, and its user must be able to write below /tmp";
    return new SandboxError(
      "execution-failed",
      { what: WHAT, detail, advice },
      { cause: error, commandId: this.#commandId },
    );
  }
}

/** What the event stream of the daemon would have said (`execd.md` 2.4). */
function errorOf(end: ExecutionEnd): Execution["error"] {
  if (end.kind === "failed") return end.error;
  const name = "CommandExecError";
  if (end.kind === "signalled") return { name, value: "-1", traceback: [`signal: ${end.signal}`] };
  if (end.kind === "exited" && end.exitCode !== 0)
    return { name, value: String(end.exitCode), traceback: [`exit status ${end.exitCode}`] };
  return null;
}
