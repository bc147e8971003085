import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";

/** The two ends of a pipe, as descriptors of this process; the caller closes them. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/**
 * Opens a real pipe.
 *
 * The pipes of the platform's own child processes are sockets, on which `> /dev/stdout` fails. The name in `directory`
 * exists only until both ends are open: a recursive read by a command must not stumble over it. Rejects when the file
 * system has no named pipes.
 */
export async function openPipe(directory: string): Promise<Pipe> {
  const path = join(directory, `execd_pipe_${randomUUID()}`);
  await new Promise<void>((resolve, reject) => {
    execFile("mkfifo", ["-m", "600", path], (error) => (error === null ? resolve() : reject(error)));
  });
  let readEnd: number | undefined;
  try {
    // Neither call blocks: a reader may come first when it asks for that, and then there is one for the writer.
    readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { readEnd, writeEnd: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    if (readEnd !== undefined) closeSync(readEnd);
    throw error;
  } finally {
    unlinkSync(path);
  }
}
