import type { BenchCommand } from "../bench-command.js";
import { BENCH_SANDBOX_ID } from "../server/bench-server.js";
import { BLOCK_FRAMES } from "../server/event-frames.js";
import type { ForkedBenchServer } from "../server/fork-bench-server.js";
import { runWorker } from "../worker/run-worker.js";
import type { SubjectName } from "../worker/subject.js";
import type { Sample, Work } from "../worker/task.js";
import type { Measurement } from "./benchmark.js";

/** Takes one sample in a fresh process, connected to a sandbox of the bench server. */
export async function measureInWorker(
  subject: SubjectName,
  server: Pick<ForkedBenchServer, "domain"> & Partial<Pick<ForkedBenchServer, "prepare">>,
  work: Work,
  sandboxId: string = BENCH_SANDBOX_ID,
): Promise<Sample> {
  if ("command" in work) await server.prepare?.(work.command);
  return runWorker({ domain: server.domain, sandboxId, subject, work });
}

/** Measures one command whose events are all counted. */
export function measureEvents(
  id: string,
  subjects: readonly SubjectName[],
  work: Omit<Extract<Work, { kind: "stream" }>, "kind">,
): Measurement {
  return { id, subjects, sample: (subject, server) => measureInWorker(subject, server, { kind: "stream", ...work }) };
}

/** Measures a stream of so many blocks after a quarter of them. */
export function measureStream(
  id: string,
  subjects: readonly SubjectName[],
  command: Extract<BenchCommand, { kind: "stream" }>,
): Measurement {
  return measureEvents(id, subjects, {
    command,
    warmUp: { ...command, blocks: command.blocks / 4 },
    events: command.blocks * BLOCK_FRAMES + 2,
  });
}
