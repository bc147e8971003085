import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";
import type { SandboxFailure } from "./sandbox-driver.js";

/** Distance between two connections of {@link listenerEnd}, so that a listener that hangs up at once costs little. */
const RECONNECT_MS = 200;

/**
 * Fulfils when an execd worker that is a child of the server ends, whatever its exit status: a worker never ends by
 * itself.
 */
export function workerEnd(worker: ChildProcess): Promise<SandboxFailure> {
  return new Promise((resolve) => {
    worker.once("exit", (code, signal) =>
      resolve(failure(signal === null ? ` with code ${code ?? 0}` : ` by signal ${signal}`)),
    );
    worker.once("error", () => resolve(failure("")));
  });
}

/**
 * Fulfils when nobody listens at an execd worker's socket any more: for a worker that is not a child of the server.
 *
 * An idle connection is kept, which the kernel closes with the worker. The worker's parent could report the end too,
 * but not while both are paused, and processes of the sandbox can kill it.
 */
export function listenerEnd(socketPath: string): Promise<SandboxFailure> {
  return new Promise((resolve) => {
    const watch = (): void => {
      const socket = connect(socketPath).unref().resume();
      let errorCode: string | undefined;
      socket.on("error", (error: NodeJS.ErrnoException) => (errorCode = error.code));
      socket.on("close", () => {
        if (errorCode === "ECONNREFUSED" || errorCode === "ENOENT") resolve(failure(""));
        // An idle connection that the worker has closed, or a full queue.
        else setTimeout(watch, RECONNECT_MS).unref();
      });
    };
    watch();
  });
}

function failure(how: string): SandboxFailure {
  return { reason: "EXECD_EXITED", message: `Sandbox daemon (execd) ended${how}; the sandbox was ended with it.` };
}
