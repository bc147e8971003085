import { createReadStream } from "node:fs";
import { Sandbox } from "@alibaba-group/opensandbox";
import type { ConnectSubject, SubjectName } from "./subject.js";
import { DISK_READ_BYTES } from "./task.js";

/** The official SDK; `way` is how its caller reads a command's events. */
export function officialSubject(way: Exclude<SubjectName, "rxsandbox" | "raw">): ConnectSubject {
  return async (domain, sandboxId) => {
    const sandbox = await Sandbox.connect({ connectionConfig: { domain, apiKey: "bench" }, sandboxId });
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
      close: () => sandbox.close(),
    };
  };
}
