import { BENCH_ROOT_SANDBOX_ID, BENCH_SANDBOX_ID } from "../server/bench-server.js";
import type { Work } from "../worker/task.js";
import type { Benchmark, Measurement } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

const COMMANDS = 20;
const QUIET_MS = 10_000;

/** Requests to the daemon of a sandbox, each of which costs a real one two descriptors for ten minutes. */
export const p15: Benchmark = {
  id: "P15",
  measurements: [
    counting("P15-create", { kind: "create" }, 1),
    counting(
      "P15-command",
      { kind: "commands", command: { kind: "hold", holdMs: 0 }, count: COMMANDS, thinkMs: 0 },
      COMMANDS,
    ),
    counting("P15-follow", { kind: "follow-quiet", durationMs: QUIET_MS }, QUIET_MS / 1000),
  ],
  rows: [
    {
      ...compare("P15", "P15-create", "official-iterator", "daemonRequests"),
      work: "create to ready, first ping answered: requests to the sandbox",
      unit: "requests",
      better: "lower",
      target: { atMost: 2 },
    },
    {
      ...compare("P15", "P15-command", "official-iterator", "daemonRequests"),
      work: "requests to the sandbox per command",
      unit: "requests",
      better: "lower",
      target: { atMost: 1 },
    },
    {
      ...compare("P15", "P15-follow", "official-iterator", "daemonRequests"),
      work: "following a quiet command (official: status and log every 200 ms)",
      unit: "requests/s",
      better: "lower",
      target: { atMost: 4 },
    },
  ],
};

/** Counts requests to the sandbox by the server, per unit of work. */
function counting(id: string, work: Work, units: number): Measurement {
  return {
    id,
    subjects: ["official-iterator", "rxsandbox"],
    sample: async (subject, server) => {
      await server.resetStats();
      // A create gives the sandbox at the root; pings of the connect before it go elsewhere.
      const isCreate = work.kind === "create";
      const sandboxId = isCreate ? BENCH_SANDBOX_ID : BENCH_ROOT_SANDBOX_ID;
      const sample = await measureInWorker(subject, server, work, sandboxId);
      const { daemonRequests, pings } = await server.stats();
      return { ...sample, daemonRequests: (daemonRequests + (isCreate ? pings : 0)) / units };
    },
  };
}
