import { createClient } from "@rxsandbox/client";
import { firstValueFrom } from "rxjs";
import { BENCH_SANDBOX_ID } from "../server/bench-server.js";
import type { ConnectSubject } from "./subject.js";

/** This project's client, through its public Observables, one `next` per event. */
export const rxsandboxSubject: ConnectSubject = async (domain) => {
  const client = createClient({ domain, apiKey: "bench" });
  const sandbox = await firstValueFrom(client.connect(BENCH_SANDBOX_ID));
  return {
    run: async (command) => {
      let events = 0;
      await sandbox.commands.run(command).forEach(() => void (events += 1));
      return events;
    },
    get: async () => void (await firstValueFrom(sandbox.getInfo())),
    post: async () => void (await firstValueFrom(sandbox.renew(600))),
    close: () => client.close(),
  };
};
