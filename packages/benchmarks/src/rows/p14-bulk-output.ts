import type { BulkWay } from "../worker/task.js";
import type { SubjectName } from "../worker/subject.js";
import type { Benchmark, Figure, Measurement } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";
import { withEmbeddedSandbox } from "./with-embedded-sandbox.js";

const LINES = 1_000_000;
const cpu = { metric: "cpuMs", unit: "ms" };
const theirs: Figure = { measurement: "P14-stream", subject: "official-iterator", metric: "ms", cpu };

/** A million short lines of a real process in a sandbox of the embedded server, to a consumer that counts them. */
export const p14: Benchmark = {
  id: "P14",
  measurements: [
    bulk("P14-stream", ["official-iterator", "rxsandbox"], "stream"),
    bulk("P14-follow", ["rxsandbox"], "follow"),
    bulk("P14-capture", ["rxsandbox"], "capture"),
  ],
  rows: [
    {
      ...compare("P14", "P14-stream", "official-iterator", "cpuMs"),
      work: "1,000,000 lines, event stream: CPU of the client",
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 2 },
    },
    {
      ...compare("P14", "P14-stream", "official-iterator", "ms", cpu),
      work: "same, time",
      unit: "ms",
      better: "lower",
    },
    {
      id: "P14",
      work: "same lines by follow, against the official event stream",
      unit: "ms",
      better: "lower",
      reference: theirs,
      ours: { ...theirs, measurement: "P14-follow", subject: "rxsandbox" },
      target: { atLeastTimes: 100 },
    },
    {
      id: "P14",
      work: "same lines by capture, against the official event stream",
      unit: "ms",
      better: "lower",
      reference: theirs,
      ours: { ...theirs, measurement: "P14-capture", subject: "rxsandbox" },
      target: { atLeastTimes: 100 },
    },
  ],
};

function bulk(id: string, subjects: readonly SubjectName[], way: BulkWay): Measurement {
  return {
    id,
    subjects,
    sample: (subject) =>
      withEmbeddedSandbox(({ domain, sandboxId }) =>
        measureInWorker(subject, { domain }, { kind: "bulk", text: `seq 1 ${LINES}`, lines: LINES, way }, sandboxId),
      ),
  };
}
