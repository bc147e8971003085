import { createReadStream } from "node:fs";
import { capture, createClient } from "@rxsandbox/client";
import { Subscription, firstValueFrom, lastValueFrom } from "rxjs";
import type { SdkSubject } from "./sdk-subject.js";
import { BENCH_API_KEY, DISK_READ_BYTES } from "./task.js";

/** This project's client, through its public Observables, one `next` per event. */
export async function rxsandboxSubject(domain: string, sandboxId: string): Promise<SdkSubject> {
  const client = createClient({ domain, apiKey: BENCH_API_KEY });
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
    open: (command, onEvent) => {
      const running = sandbox.commands.run(command).subscribe({ next: onEvent, error: fail });
      return () => running.unsubscribe();
    },
    events: (command) => sandbox.commands.iterate(command),
    countLines: async (command, way) => {
      let lines = 0;
      if (way === "stream")
        await sandbox.commands.run(command).forEach((event) => void (event.type === "stdout" && (lines += 1)));
      else if (way === "follow")
        await sandbox.commands
          .follow(command)
          .forEach((event) => void (event.type === "output" && (lines += newLines(event.text))));
      else {
        const last = await lastValueFrom(capture(sandbox, command));
        if (last.type === "result") lines = newLines(last.execution.stdout.text);
      }
      return lines;
    },
    waitUntilReady: async (id) => void (await firstValueFrom(client.connect(id, { readyTimeoutSeconds: 120 }))),
    create: async () => void (await firstValueFrom(client.create({ image: "python:3.11" }))),
    watch: (ids, watchersPerSandbox) => {
      const watching = new Subscription();
      for (const id of ids) {
        for (let watcher = 0; watcher < watchersPerSandbox; watcher += 1)
          watching.add(client.sandboxes.watch(id).subscribe({ error: fail }));
      }
      return () => watching.unsubscribe();
    },
    follow: async (command) => {
      const following = sandbox.commands.follow(command).subscribe({ error: fail });
      return () => following.unsubscribe();
    },
    close: () => client.close(),
  };
}

function newLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** A stream that errors ends the measuring process, so that it gives no figure. */
function fail(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
