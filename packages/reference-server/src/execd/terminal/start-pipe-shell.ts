import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";

import { errnoText } from "../system/go-errno.js";
import type { ShellListener, ShellStart, TerminalShell } from "./terminal-shell.js";

/** How long output of an ended shell is waited for while one of its children holds the pipes. */
const REST_MS = 200;

/**
 * Starts the shell of a terminal in pipe mode: stdout and stderr as separate streams, no terminal device (`execd.md`
 * 9).
 */
export async function startPipeShell(start: ShellStart, listener: ShellListener): Promise<TerminalShell> {
  const child = spawn(start.shell, start.argv, {
    argv0: basename(start.shell),
    cwd: start.cwd,
    env: start.env,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid === undefined) {
    const [error] = (await once(child, "error")) as [unknown];
    throw new Error(`fork/exec ${start.shell}: ${errnoText(error)}`);
  }
  const { stdin, stdout, stderr } = child;
  let isEnded = false;
  stdout.on("data", (bytes: Buffer) => listener.output("stdout", bytes));
  stderr.on("data", (bytes: Buffer) => listener.output("stderr", bytes));
  stdin.on("drain", () => listener.drained());
  stdin.on("error", (error) => {
    if (!isEnded) listener.inputFailed(`write |1: ${errnoText(error)}`);
  });
  void endOf(child).then((exitCode) => {
    isEnded = true;
    listener.ended(exitCode);
  });
  return {
    mode: "pipe",
    pid: child.pid,
    write: (bytes) => void (stdin.destroyed || stdin.write(bytes)),
    pendingBytes: () => stdin.writableLength,
    resize: () => {},
    pauseOutput: () => {
      stdout.pause();
      stderr.pause();
    },
    resumeOutput: () => {
      stdout.resume();
      stderr.resume();
    },
  };
}

/** The exit code, once all output has been read or nobody but a child left behind could still write some. */
async function endOf(child: ChildProcess): Promise<number> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const [code] = (await once(child, "exit")) as [number | null];
  // A reader that is paused would keep what is left in the pipe.
  child.stdout?.resume();
  child.stderr?.resume();
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, REST_MS)))]);
  clearTimeout(timer);
  child.stdout?.removeAllListeners("data").destroy();
  child.stderr?.removeAllListeners("data").destroy();
  return code ?? -1;
}
