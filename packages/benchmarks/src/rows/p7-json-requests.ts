import type { Benchmark, Measurement, Row } from "./benchmark.js";
import { compareRaw } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

/** Small JSON requests at fixed concurrencies. */
export const p7: Benchmark = {
  id: "P7",
  measurements: [
    requests("P7-get-1", "get", 1),
    requests("P7-get-100", "get", 100),
    requests("P7-post-10", "post", 10),
  ],
  rows: [
    ...requestRows("P7-get-1", "GET, concurrency 1", 2.3),
    ...requestRows("P7-get-100", "GET, concurrency 100", 5),
    ...requestRows("P7-post-10", "POST, concurrency 10", 7),
  ],
};

function requests(id: string, call: "get" | "post", concurrency: number): Measurement {
  return {
    id,
    subjects: ["official-iterator", "rxsandbox", "raw"],
    sample: (subject, server) =>
      measureInWorker(subject, server, { kind: "requests", call, concurrency, warmUpMs: 1000, durationMs: 1500 }),
  };
}

function requestRows(measurement: string, work: string, atLeastTimes: number): readonly Row[] {
  const perRequest = { metric: "cpuUsPerRequest", unit: "us" };
  return [
    {
      ...compareRaw("P7", measurement, "official-iterator", "requestsPerSecond", perRequest),
      work: `JSON ${work}`,
      unit: "requests/s",
      better: "higher",
      target: { atLeastTimes },
    },
    {
      ...compareRaw("P7", measurement, "official-iterator", "p99Ms"),
      work: `same, p99`,
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 2 },
    },
  ];
}
