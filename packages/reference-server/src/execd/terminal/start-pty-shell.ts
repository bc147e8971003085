import type { EventEmitter } from "node:events";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { access, stat } from "node:fs/promises";

import type { IPty } from "@lydell/node-pty";

import { errnoText } from "../system/go-errno.js";
import { PtyInput } from "./pty-input.js";
import type { ShellListener, ShellStart, TerminalShell } from "./terminal-shell.js";
import { watchProcessEnd } from "./watch-process-end.js";

/** The terminal library of this machine. */
export type PtyLibrary = typeof import("@lydell/node-pty");

/** Loads it; `undefined` where no binary of it fits this machine. */
export async function loadPtyLibrary(): Promise<PtyLibrary | undefined> {
  try {
    return await import("@lydell/node-pty");
  } catch {
    // Pipe mode needs none; whoever asks for a terminal device is told that there is none (`execd.md` 9).
    return undefined;
  }
}

const COLUMNS = 80;
const ROWS = 24;
const READ_BYTES = 64 * 1024;

/** Starts the shell of a terminal on a device of its own, 80 by 24 (`execd.md` 9). */
export async function startPtyShell(
  library: PtyLibrary,
  start: ShellStart,
  listener: ShellListener,
): Promise<TerminalShell> {
  await checkStart(start);
  const pty = library.spawn(start.shell, [...start.argv], {
    cols: COLUMNS,
    rows: ROWS,
    cwd: start.cwd,
    env: start.env,
    encoding: null,
    // Without one of its own a shell takes its terminal for a simple one, as the daemon's do.
    name: start.env["TERM"] ?? "dumb",
  }) as DevicePty;
  const output = (bytes: Buffer): void => listener.output("stdout", bytes);
  const release = holdOpen(pty, output);
  const input = new PtyInput(pty.fd, {
    drained: () => listener.drained(),
    failed: (error) => listener.inputFailed(`write /dev/ptmx: ${errnoText(error)}`),
  });
  // The descriptor may be given to somebody else as soon as the library has closed it.
  for (const event of ["error", "end", "close"]) pty.on(event, () => input.close());
  // Bytes, since no encoding was asked for.
  pty.onData((data) => output(data as unknown as Buffer));
  pty.onExit(({ exitCode, signal }) => {
    input.close();
    release();
    listener.ended(signal === undefined || signal === 0 ? exitCode : -1);
  });
  return {
    mode: "pty",
    pid: pty.pid,
    write: (bytes) => input.write(bytes),
    pendingBytes: () => input.pendingBytes,
    resize: (columns, rows) => {
      if (!input.isClosed) pty.resize(columns, rows);
    },
    pauseOutput: () => pty.pause(),
    resumeOutput: () => pty.resume(),
  };
}

/** What the library's terminals have on Unix beside what its types say. */
type DevicePty = IPty & Pick<EventEmitter, "on"> & { readonly fd: number; readonly ptsName: string };

/**
 * Keeps the shell's side of the device open until all that the shell wrote has been read; returns what lets it go.
 *
 * When the last holder of that side goes, the platform takes the first short read for the end and drops the rest.
 */
function holdOpen(pty: DevicePty, output: (bytes: Buffer) => void): () => void {
  let side: number | undefined = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  const release = (): void => {
    if (side !== undefined) closeSync(side);
    side = undefined;
  };
  const unwatch = watchProcessEnd(pty.pid, () => {
    // What the stream has read already comes first, also when it was paused.
    pty.resume();
    setImmediate(() => {
      if (side !== undefined) readRest(pty.fd, output);
      release();
    });
  });
  return () => {
    unwatch();
    release();
  };
}

function readRest(descriptor: number, output: (bytes: Buffer) => void): void {
  try {
    for (;;) {
      const bytes = Buffer.allocUnsafe(READ_BYTES);
      const length = readSync(descriptor, bytes);
      if (length === 0) return;
      output(bytes.subarray(0, length));
    }
  } catch {
    // EAGAIN: nothing is left.
  }
}

/** The library reports what cannot be started as a shell that ended with code 1; the daemon refuses it. */
async function checkStart({ shell, cwd }: ShellStart): Promise<void> {
  try {
    await access(shell, constants.X_OK);
    if (!(await stat(cwd)).isDirectory()) throw Object.assign(new Error("no directory"), { code: "ENOTDIR" });
  } catch (error) {
    throw new Error(`pty.StartWithSize: fork/exec ${shell}: ${errnoText(error)}`, { cause: error });
  }
}
