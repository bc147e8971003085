import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Sandbox, SandboxManager } from "@alibaba-group/opensandbox";
import type { SdkSubject } from "./sdk-subject.js";
import type { ClientName } from "./subject.js";
import { BENCH_API_KEY, DISK_READ_BYTES } from "./task.js";

/** The pause between two probes of the official SDK, for what it leaves to its user to poll. */
const POLL_MS = 200;

/** The official SDK; `way` is how its caller reads a command's events. */
export function officialSubject(way: Exclude<ClientName, "rxsandbox">) {
  return async (domain: string, sandboxId: string): Promise<SdkSubject> => {
    const connectionConfig = { domain, apiKey: BENCH_API_KEY };
    const sandbox = await Sandbox.connect({ connectionConfig, sandboxId });
    return {
      run: async (command) => {
        let events = 0;
        if (way === "official-iterator") {
          for await (const event of sandbox.commands.runStream(command)) if (event.type !== "ping") events += 1;
          return events;
        }
        const count = (): void => void (events += 1);
        await sandbox.commands.run(
          command,
          {},
          {
            onInit: count,
            onStdout: count,
            onStderr: count,
            onError: count,
            onExecutionComplete: count,
            skipAccumulation: way === "official-handlers",
          },
        );
        return events;
      },
      get: async () => void (await sandbox.getInfo()),
      post: async () => void (await sandbox.renew(600)),
      upload: (path, bytes) =>
        sandbox.files.writeFiles([
          {
            path: `/bench/${bytes}`,
            data: createReadStream(path, { highWaterMark: DISK_READ_BYTES }) as AsyncIterable<Uint8Array>,
          },
        ]),
      download: async (bytes) => {
        let seen = 0;
        for await (const chunk of sandbox.files.readBytesStream(`/bench/${bytes}`)) seen += chunk.byteLength;
        return seen;
      },
      open: (command, onEvent) => {
        const leaving = new AbortController();
        const read = async (): Promise<void> => {
          for await (const event of sandbox.commands.runStream(command, {}, leaving.signal)) {
            if (event.type !== "ping") onEvent();
          }
        };
        read().catch((error: unknown) => {
          if (!leaving.signal.aborted) throw error;
        });
        return () => leaving.abort();
      },
      events: (command) => sandbox.commands.runStream(command),
      countLines: async (command, bulkWay) => {
        if (bulkWay !== "stream") throw new Error(`the official SDK has no ${bulkWay}`);
        let lines = 0;
        for await (const event of sandbox.commands.runStream(command)) if (event.type === "stdout") lines += 1;
        return lines;
      },
      waitUntilReady: async (id) =>
        void (await Sandbox.connect({ connectionConfig, sandboxId: id, readyTimeoutSeconds: 120 })),
      create: async () => void (await Sandbox.create({ connectionConfig, image: "python:3.11" })),
      watch: (ids, watchersPerSandbox, periodMs) => {
        const manager = SandboxManager.create({ connectionConfig });
        const known = new Map<string, string>();
        const look = async (id: string): Promise<void> => {
          known.set(id, JSON.stringify(await manager.getSandboxInfo(id)));
        };
        const tick = (): void => {
          for (let watcher = 0; watcher < watchersPerSandbox; watcher += 1) void Promise.all(ids.map(look));
        };
        tick();
        const timer = setInterval(tick, periodMs);
        return () => clearInterval(timer);
      },
      follow: async (command) => {
        const { id } = await sandbox.commands.run(command, { background: true });
        if (id === undefined) throw new Error("the command has no id");
        let isLeft = false;
        const poll = async (): Promise<void> => {
          for (let cursor: number | undefined; !isLeft; await sleep(POLL_MS)) {
            const { running } = await sandbox.commands.getCommandStatus(id);
            ({ cursor } = await sandbox.commands.getBackgroundCommandLogs(id, cursor));
            if (running === false) return;
          }
        };
        void poll();
        return () => (isLeft = true);
      },
      close: () => sandbox.close(),
    };
  };
}
