import type { ServerResponse } from "node:http";
import { cpus, freemem, totalmem } from "node:os";

import type { WireMetrics } from "@rxsandbox/protocol";

import { answerJson } from "./answers/answer.js";
import { encodeJson } from "../shared/go-json/encode-json.js";
import { pause } from "./system/pause.js";

/** Answers `GET /metrics` after about 1 s of sampling (`execd.md` 7). */
export async function answerMetrics(response: ServerResponse): Promise<void> {
  answerJson(response, 200, await sampleMetrics());
}

/**
 * Answers `GET /metrics/watch`: one JSON line about every 2 s until the client hangs up (`execd.md` 7).
 *
 * A line that is ready only then calls `onBrokenWrite`.
 */
export async function watchMetrics(response: ServerResponse, onBrokenWrite?: () => void): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    connection: "keep-alive",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  while (!response.destroyed) {
    await pause(SAMPLE_MS);
    const metrics = await sampleMetrics();
    if (response.destroyed) onBrokenWrite?.();
    // A client that does not read misses samples instead of filling the memory.
    if (!response.destroyed && !response.writableNeedDrain) response.write(`${encodeJson(metrics)}\n`);
  }
}

const SAMPLE_MS = 1000;
const MIB = 1024 * 1024;

async function sampleMetrics(): Promise<WireMetrics> {
  const timestamp = Date.now();
  const before = cpuTimes();
  await pause(SAMPLE_MS);
  const after = cpuTimes();
  const total = after.total - before.total;
  return {
    cpu_count: cpus().length,
    cpu_used_pct: total <= 0 ? 0 : (100 * (after.busy - before.busy)) / total,
    mem_total_mib: totalmem() / MIB,
    mem_used_mib: (totalmem() - freemem()) / MIB,
    timestamp,
  };
}

function cpuTimes(): { readonly busy: number; readonly total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busy: total - idle, total };
}
