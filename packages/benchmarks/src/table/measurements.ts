import type { BenchCommand } from "../bench-command.js";
import { runOneCommand } from "../one-command/run-one-command.js";
import { BENCH_SANDBOX_ID, BENCH_TRANSFER_SANDBOX_ID } from "../server/bench-server.js";
import { BLOCK_FRAMES } from "../server/event-frames.js";
import type { ForkedBenchServer } from "../server/fork-bench-server.js";
import { runWorker } from "../worker/run-worker.js";
import type { SubjectName } from "../worker/subject.js";
import type { Sample, Work } from "../worker/task.js";
import { temporaryFile } from "./temporary-file.js";

/** One thing that is measured, side by side for several subjects. */
export interface Measurement {
  readonly id: string;
  readonly subjects: readonly SubjectName[];
  sample(subject: SubjectName, server: ForkedBenchServer): Promise<Sample>;
}

const GIBIBYTE = 2 ** 30;
const WARM_UP_BYTES = 64 * 2 ** 20;
const transferring = ["official-iterator", "rxsandbox", "raw"] as const;
const officialWays = ["official-iterator", "official-handlers", "official-accumulating"] as const;

/** Everything that the table needs, in the order of `docs/performance.md`. */
export const measurements: readonly Measurement[] = [
  commands("P1", (subject) => ({ count: subject === "rxsandbox" ? 200 : 3, thinkMs: 0 })),
  // Think time is longer than the hold, so that a drained connection is free again.
  commands("P1-think", () => ({ count: 3, thinkMs: 1300 })),
  {
    id: "P1-process",
    subjects: ["official-accumulating", "rxsandbox"],
    sample: (subject, server) =>
      runOneCommand(subject === "rxsandbox" ? "rxsandbox" : "official", server.domain, "hold 1000"),
  },
  stream("P2", [...officialWays, "rxsandbox", "raw"], {
    kind: "stream",
    framing: "bare",
    chunking: "frame",
    blocks: 64,
  }),
  stream("P3", [...officialWays, "rxsandbox", "raw"], {
    kind: "stream",
    framing: "bare",
    chunking: "64KiB",
    blocks: 64,
  }),
  stream("P4-frame", ["official-iterator", "rxsandbox", "raw"], {
    kind: "stream",
    framing: "sse",
    chunking: "frame",
    blocks: 64,
  }),
  stream("P4-64KiB", ["official-iterator", "rxsandbox", "raw"], {
    kind: "stream",
    framing: "sse",
    chunking: "64KiB",
    blocks: 64,
  }),
  large("P5", ["official-iterator", "rxsandbox", "raw"], 16),
  large("P5-64MiB", ["rxsandbox", "raw"], 64),
  requests("P7-get-1", "get", 1),
  requests("P7-get-100", "get", 100),
  requests("P7-post-10", "post", 10),
  {
    id: "P8-up",
    subjects: transferring,
    sample: async (subject, server) => {
      const file = await temporaryFile(GIBIBYTE);
      const small = await temporaryFile(WARM_UP_BYTES);
      try {
        return await measure(subject, server, {
          kind: "upload",
          path: file.path,
          bytes: GIBIBYTE,
          warmUp: { path: small.path, bytes: WARM_UP_BYTES },
        });
      } finally {
        await Promise.all([file.remove(), small.remove()]);
      }
    },
  },
  {
    id: "P8-down",
    subjects: transferring,
    sample: (subject, server) =>
      measure(subject, server, { kind: "download", bytes: GIBIBYTE, warmUp: { bytes: WARM_UP_BYTES } }),
  },
  events("P16", ["official-iterator", "rxsandbox", "raw"], {
    command: { kind: "segments", everyUs: 50 },
    warmUp: { kind: "stream", framing: "bare", chunking: "frame", blocks: 16 },
    events: BLOCK_FRAMES + 2,
  }),
];

function commands(
  id: string,
  plan: (subject: SubjectName) => { readonly count: number; readonly thinkMs: number },
): Measurement {
  return {
    id,
    subjects: ["official-accumulating", "rxsandbox"],
    sample: async (subject, server) => {
      const { count, thinkMs } = plan(subject);
      await server.resetStats();
      const sample = await measure(subject, server, {
        kind: "commands",
        command: { kind: "hold", holdMs: 1000 },
        count,
        thinkMs,
      });
      const { maxOpen, acceptedAfterFirstCommand } = await server.stats();
      return { ...sample, maxOpen, newPerCommand: acceptedAfterFirstCommand / (count - 1) };
    },
  };
}

function stream(
  id: string,
  subjects: readonly SubjectName[],
  command: Extract<BenchCommand, { kind: "stream" }>,
): Measurement {
  return events(id, subjects, {
    command,
    warmUp: { ...command, blocks: command.blocks / 4 },
    events: command.blocks * BLOCK_FRAMES + 2,
  });
}

function large(id: string, subjects: readonly SubjectName[], mebibytes: number): Measurement {
  return events(id, subjects, {
    command: { kind: "large", bytes: mebibytes * 2 ** 20, chunkBytes: 4096 },
    warmUp: { kind: "large", bytes: 2 ** 20, chunkBytes: 4096 },
    events: 3,
  });
}

function events(
  id: string,
  subjects: readonly SubjectName[],
  work: Omit<Extract<Work, { kind: "stream" }>, "kind">,
): Measurement {
  return { id, subjects, sample: (subject, server) => measure(subject, server, { kind: "stream", ...work }) };
}

function requests(id: string, call: "get" | "post", concurrency: number): Measurement {
  const work: Work = { kind: "requests", call, concurrency, warmUpMs: 1000, durationMs: 1500 };
  return {
    id,
    subjects: ["official-iterator", "rxsandbox", "raw"],
    sample: (subject, server) => measure(subject, server, work),
  };
}

async function measure(subject: SubjectName, server: ForkedBenchServer, work: Work): Promise<Sample> {
  if ("command" in work) await server.prepare(work.command);
  const sandboxId = work.kind === "upload" || work.kind === "download" ? BENCH_TRANSFER_SANDBOX_ID : BENCH_SANDBOX_ID;
  return runWorker({ domain: server.domain, sandboxId, subject, work });
}
