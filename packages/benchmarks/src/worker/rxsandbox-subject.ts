import { createReadStream } from "node:fs";
import { createClient } from "@rxsandbox/client";
import { firstValueFrom } from "rxjs";
import { DISK_READ_BYTES } from "./task.js";
import type { ConnectSubject } from "./subject.js";

/** This project's client, through its public Observables, one `next` per event. */
export const rxsandboxSubject: ConnectSubject = async (domain, sandboxId) => {
  const client = createClient({ domain, apiKey: "bench" });
  const sandbox = await firstValueFrom(client.connect(sandboxId));
  return {
    run: async (command) => {
      let events = 0;
      await sandbox.commands.run(command).forEach(() => void (events += 1));
      return events;
    },
    get: async () => void (await firstValueFrom(sandbox.getInfo())),
    post: async () => void (await firstValueFrom(sandbox.renew(600))),
    upload: (path, bytes) =>
      firstValueFrom(
        sandbox.files.writeFiles([
          { path: `/bench/${bytes}`, data: createReadStream(path, { highWaterMark: DISK_READ_BYTES }), size: bytes },
        ]),
      ),
    download: async (bytes) => {
      let seen = 0;
      await sandbox.files.readBytesStream(`/bench/${bytes}`).forEach((chunk) => void (seen += chunk.byteLength));
      return seen;
    },
    close: () => client.close(),
  };
};
