import { readdirSync, readFileSync } from "node:fs";
import { request as sendRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";

import { type ExecdWorker, startExecdWorker } from "./server-transcripts/execd-worker.js";

const workers: ExecdWorker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

async function start(): Promise<ExecdWorker> {
  const worker = await startExecdWorker("execd-grace0", true);
  workers.push(worker);
  return worker;
}

/** Command lines of live processes that contain a text. */
function processesWith(text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
        return line.includes(text) ? [line] : [];
      } catch {
        return [];
      }
    });
}

describe.runIf(process.platform === "linux")("an execd worker", () => {
  it("leaves no process when its lifeline ends, not even one that left its session or lost its parent", async () => {
    const worker = await start();
    const mark = `7${process.pid}.125`;
    const command = `(setsid sleep ${mark} &) ; setsid sleep ${mark} & sleep ${mark} & (trap '' TERM; sleep ${mark}; true)`;
    void fetch(`http://127.0.0.1:${worker.port}/command`, { method: "POST", body: JSON.stringify({ command }) }).catch(
      () => {},
    );
    await expect.poll(() => processesWith(`sleep ${mark}`).filter((line) => line.startsWith("sleep")).length).toBe(4);
    await workers.pop()?.stop();
    await expect.poll(() => processesWith(`sleep ${mark}`)).toEqual([]);
  });

  it("keeps its memory bounded while a client does not read endless output", { timeout: 30_000 }, async () => {
    const worker = await start();
    const request = sendRequest({ host: "127.0.0.1", port: worker.port, path: "/command", method: "POST" });
    // The head is awaited, the body never read.
    const head = new Promise((resolve) => request.once("response", resolve));
    request.end(JSON.stringify({ command: "yes | head -c 300000000" }));
    await head;
    await expect.poll(() => worker.capturedBytes(), { timeout: 20_000, interval: 200 }).toBe(300_000_000);
    // The output is three hundred megabytes; what is held is a chunk of the file and the socket's buffers.
    expect(worker.memoryMib()).toBeLessThan(200);
    request.destroy();
  });
});
