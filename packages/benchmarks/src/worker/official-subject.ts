import { Sandbox } from "@alibaba-group/opensandbox";
import { BENCH_SANDBOX_ID } from "../server/bench-server.js";
import type { ConnectSubject, SubjectName } from "./subject.js";

/** The official SDK; `way` is how its caller reads a command's events. */
export function officialSubject(way: Exclude<SubjectName, "rxsandbox" | "raw">): ConnectSubject {
  return async (domain) => {
    const sandbox = await Sandbox.connect({ connectionConfig: { domain, apiKey: "bench" }, sandboxId: BENCH_SANDBOX_ID });
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
      close: () => sandbox.close(),
    };
  };
}
