import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { BenchCommand } from "../bench-command.js";
import type { BenchServerStats } from "./bench-server.js";

/** What the parent tells the server process; every question is answered with the counts. */
export type BenchServerQuestion =
  { readonly kind: "stats" | "reset" } | { readonly kind: "prepare"; readonly command: BenchCommand };

/** The bench server in its own process. */
export interface ForkedBenchServer {
  readonly domain: string;
  stats(): Promise<BenchServerStats>;
  resetStats(): Promise<void>;
  /** Builds the answer to a command, so that no measurement waits for it. */
  prepare(command: BenchCommand): Promise<void>;
  close(): Promise<void>;
}

/** Starts the bench server as a child process; it ends with `close()` or with this process. */
export async function forkBenchServer(): Promise<ForkedBenchServer> {
  const child = fork(fileURLToPath(new URL("./bench-server-process.js", import.meta.url)));
  const [hello] = (await once(child, "message")) as [{ domain: string }];
  const ask = async (question: BenchServerQuestion): Promise<BenchServerStats> => {
    const reply = once(child, "message") as Promise<[{ stats: BenchServerStats }]>;
    child.send(question);
    return (await reply)[0].stats;
  };
  return {
    domain: hello.domain,
    stats: () => ask({ kind: "stats" }),
    resetStats: async () => void (await ask({ kind: "reset" })),
    prepare: async (command) => void (await ask({ kind: "prepare", command })),
    close: async () => {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}
