import type { SubjectName } from "../worker/subject.js";

/** Where a figure of the table comes from. */
export interface Figure {
  readonly measurement: string;
  readonly subject: SubjectName;
  readonly metric: string;
  /** The CPU figure of the same samples that stands beside it, with its unit. */
  readonly cpu?: { readonly metric: string; readonly unit: string };
}

/** What has to hold: ours at least so many times better than the reference, or ours never above a limit. */
export type Target = { readonly atLeastTimes: number } | { readonly atMost: number };

/** One line of the table. */
export interface Row {
  /** Row of `docs/performance.md`; `--only` selects by it. */
  readonly id: string;
  readonly work: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly reference: Figure;
  readonly ours: Figure;
  readonly raw?: Figure;
  readonly target?: Target;
}

const perCommand = { metric: "cpuMs", unit: "ms" };
const perEvent = { metric: "cpuUsPerEvent", unit: "us" };
const perRequest = { metric: "cpuUsPerRequest", unit: "us" };

/** The lines of the table with the targets of `docs/performance.md`. */
export const rows: readonly Row[] = [
  {
    ...compare("P1", "P1", "official-accumulating", "ms", perCommand),
    work: "short command, response held 1 s after its end",
    unit: "ms",
    better: "lower",
    target: { atLeastTimes: 500 },
  },
  {
    ...compare("P1", "P1", "official-accumulating", "maxOpen"),
    work: "sockets open at any time, no think time",
    unit: "sockets",
    better: "lower",
    target: { atMost: 8 },
  },
  {
    ...compare("P1", "P1-think", "official-accumulating", "newPerCommand"),
    work: "new connections per command, 1.3 s think time",
    unit: "connections",
    better: "lower",
    target: { atMost: 0 },
  },
  {
    ...compare("P1", "P1-process", "official-accumulating", "ms"),
    work: "whole program: connect, one command, exit",
    unit: "ms",
    better: "lower",
  },
  ...eventRow("P2", "P2", "bare frames, one HTTP chunk per event", "official-iterator", 3),
  ...eventRow("P2", "P2", "same, handlers, skipAccumulation", "official-handlers", 4),
  ...eventRow("P2", "P2", "same, handlers, default", "official-accumulating", 4),
  ...eventRow("P3", "P3", "bare frames, 64 KiB chunks", "official-iterator", 3.5),
  ...eventRow("P3", "P3", "same, handlers, skipAccumulation", "official-handlers"),
  ...eventRow("P3", "P3", "same, handlers, default", "official-accumulating"),
  ...eventRow("P4", "P4-frame", "standard SSE, one HTTP chunk per event", "official-iterator", 2.2),
  ...eventRow("P4", "P4-64KiB", "standard SSE, 64 KiB chunks", "official-iterator", 2.2),
  {
    ...compare("P5", "P5", "official-iterator", "ms", perCommand),
    raw: { measurement: "P5", subject: "raw", metric: "ms", cpu: perCommand },
    work: "one 16 MiB event in 4 KiB chunks",
    unit: "ms",
    better: "lower",
    target: { atLeastTimes: 40 },
  },
  {
    id: "P5",
    work: "linear: ours at 16 MiB against ours at 64 MiB",
    unit: "ms",
    better: "lower",
    reference: { measurement: "P5", subject: "rxsandbox", metric: "ms", cpu: perCommand },
    ours: { measurement: "P5-64MiB", subject: "rxsandbox", metric: "ms", cpu: perCommand },
    raw: { measurement: "P5-64MiB", subject: "raw", metric: "ms", cpu: perCommand },
    // Four times the size in at most five times the time.
    target: { atLeastTimes: 1 / 5 },
  },
  ...requestRows("P7-get-1", "GET, concurrency 1", 2.3),
  ...requestRows("P7-get-100", "GET, concurrency 100", 5),
  ...requestRows("P7-post-10", "POST, concurrency 10", 7),
  ...transferRows("P8-up", "1 GiB upload from disk", 2.8),
  ...transferRows("P8-down", "1 GiB download", 1.3),
  {
    ...compare("P16", "P16", "official-iterator", "cpuUsPerEvent"),
    raw: { measurement: "P16", subject: "raw", metric: "cpuUsPerEvent" },
    work: "one TCP segment per event, 20,000 events/s: CPU per event",
    unit: "us",
    better: "lower",
    target: { atLeastTimes: 2 },
  },
];

function compare(
  id: string,
  measurement: string,
  official: SubjectName,
  metric: string,
  cpu?: Figure["cpu"],
): Pick<Row, "id" | "reference" | "ours"> {
  const figure = { measurement, metric, ...(cpu && { cpu }) };
  return { id, reference: { ...figure, subject: official }, ours: { ...figure, subject: "rxsandbox" } };
}

function eventRow(
  id: string,
  measurement: string,
  work: string,
  official: SubjectName,
  atLeastTimes?: number,
): readonly Row[] {
  const row: Row = {
    ...compare(id, measurement, official, "eventsPerSecond", perEvent),
    raw: { measurement, subject: "raw", metric: "eventsPerSecond", cpu: perEvent },
    work,
    unit: "events/s",
    better: "higher",
    ...(atLeastTimes !== undefined && { target: { atLeastTimes } }),
  };
  return [row];
}

function transferRows(measurement: string, work: string, atLeastTimes: number): readonly Row[] {
  const cpu = { metric: "cpuS", unit: "s" };
  return [
    {
      ...compare("P8", measurement, "official-iterator", "megabytesPerSecond", cpu),
      raw: { measurement, subject: "raw", metric: "megabytesPerSecond", cpu },
      work,
      unit: "MB/s",
      better: "higher",
      target: { atLeastTimes },
    },
    {
      ...compare("P8", measurement, "official-iterator", "rssGrowthMiB"),
      raw: { measurement, subject: "raw", metric: "rssGrowthMiB" },
      work: "same, growth of resident memory",
      unit: "MiB",
      better: "lower",
      target: { atMost: 64 },
    },
  ];
}

function requestRows(measurement: string, work: string, atLeastTimes: number): readonly Row[] {
  return [
    {
      ...compare("P7", measurement, "official-iterator", "requestsPerSecond", perRequest),
      raw: { measurement, subject: "raw", metric: "requestsPerSecond", cpu: perRequest },
      work: `JSON ${work}`,
      unit: "requests/s",
      better: "higher",
      target: { atLeastTimes },
    },
    {
      ...compare("P7", measurement, "official-iterator", "p99Ms"),
      raw: { measurement, subject: "raw", metric: "p99Ms" },
      work: `same, p99`,
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 2 },
    },
  ];
}
