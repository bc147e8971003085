import { setTimeout as sleep } from "node:timers/promises";
import { formatBenchCommand } from "../bench-command.js";
import { fleetId } from "../server/fleet.js";
import { lateSandboxId } from "../server/late-sandboxes.js";
import { collectedMemory, watchMemory } from "./memory-watch.js";
import type { SdkSubject } from "./sdk-subject.js";
import { stopwatch } from "./stopwatch.js";
import type { Sample, SdkWork } from "./task.js";

const MEBIBYTE = 2 ** 20;

/** Measures one {@link SdkWork} on a connected client. */
export function measureSdk(subject: SdkSubject, work: SdkWork): Promise<Sample> {
  switch (work.kind) {
    case "open-streams":
      return measureOpenStreams(subject, work);
    case "readiness":
      return measureReadiness(subject, work);
    case "watch":
      return measureWatch(subject, work);
    case "memory":
      return measureMemory(subject, work);
    case "slow-consumer":
      return measureSlowConsumer(subject, work);
    case "bulk":
      return measureBulk(subject, work);
    case "create":
      return measureCreate(subject);
    case "follow-quiet":
      return measureFollowQuiet(subject, work);
  }
}

async function measureOpenStreams(
  subject: SdkSubject,
  { command, streams, settleMs, durationMs }: Extract<SdkWork, { kind: "open-streams" }>,
): Promise<Sample> {
  const text = formatBenchCommand(command);
  const leaveWarmUp = subject.open(text, () => undefined);
  await sleep(500);
  leaveWarmUp();
  await sleep(500);
  const before = collectedMemory();
  const events = Array.from({ length: streams }, () => 0);
  const leave = events.map((_, index) => subject.open(text, () => void (events[index] = (events[index] ?? 0) + 1)));
  await sleep(settleMs);
  const open = collectedMemory();
  const watch = stopwatch();
  const eventsBefore = sum(events);
  await sleep(durationMs);
  const { ms, cpuUs } = watch();
  const seen = sum(events) - eventsBefore;
  for (const stop of leave) stop();
  const quiet = events.filter((count) => count < 2).length;
  if (quiet > 0) throw new Error(`${quiet} of ${streams} streams had less than two events`);
  return {
    kibPerStream: (open.rss - before.rss) / 1024 / streams,
    heapKibPerStream: (open.heapUsed - before.heapUsed) / 1024 / streams,
    cpuPercent: cpuUs / ms / 10,
    eventsPerSecond: (seen / ms) * 1000,
  };
}

async function measureReadiness(
  subject: SdkSubject,
  { waiters, earliestMs, latestMs }: Extract<SdkWork, { kind: "readiness" }>,
): Promise<Sample> {
  const watch = stopwatch();
  const stepMs = (latestMs - earliestMs) / Math.max(1, waiters - 1);
  await Promise.all(
    Array.from({ length: waiters }, (_, index) =>
      subject.waitUntilReady(lateSandboxId(earliestMs + index * stepMs, index)),
    ),
  );
  const { ms, cpuUs } = watch();
  return { ms, cpuMs: cpuUs / 1000 };
}

async function measureWatch(
  subject: SdkSubject,
  { sandboxes, watchersPerSandbox, periodMs, settleMs, durationMs }: Extract<SdkWork, { kind: "watch" }>,
): Promise<Sample> {
  const ids = Array.from({ length: sandboxes }, (_, index) => fleetId(index));
  const before = collectedMemory().heapUsed;
  const stop = subject.watch(ids, watchersPerSandbox, periodMs);
  await sleep(settleMs);
  const bytesPerWatcher = (collectedMemory().heapUsed - before) / sandboxes / watchersPerSandbox;
  const watch = stopwatch();
  await sleep(durationMs);
  const { cpuUs } = watch();
  stop();
  return { bytesPerWatcher, cpuMs: cpuUs / 1000 };
}

async function measureMemory(
  subject: SdkSubject,
  { command, warmUp }: Extract<SdkWork, { kind: "memory" }>,
): Promise<Sample> {
  await subject.run(formatBenchCommand(warmUp));
  const before = collectedMemory().heapUsed;
  const memory = watchMemory();
  const watch = stopwatch();
  const events = await subject.run(formatBenchCommand(command));
  const { ms } = watch();
  const { rssGrowthMiB } = memory();
  const heapGrowthMiB = (collectedMemory().heapUsed - before) / MEBIBYTE;
  return { events, ms, rssGrowthMiB, heapGrowthMiB };
}

async function measureSlowConsumer(
  subject: SdkSubject,
  { command, eventMs, durationMs }: Extract<SdkWork, { kind: "slow-consumer" }>,
): Promise<Sample> {
  const text = formatBenchCommand(command);
  const before = collectedMemory();
  const memory = watchMemory();
  const watch = stopwatch();
  let events = 0;
  // Without leaving the loop: the iterator of the official SDK does not come back from that.
  const iterator = subject.events(text)[Symbol.asyncIterator]();
  while (watch().ms < durationMs && (await iterator.next()).done !== true) {
    events += 1;
    await sleep(eventMs);
  }
  const heapGrowthMiB = (collectedMemory().heapUsed - before.heapUsed) / MEBIBYTE;
  const { cpuUs } = watch();
  // What waits in the iterator counts, so the iterator has to live until here.
  if ((await iterator.next()).done === true) throw new Error("the stream ended before its consumer was done");
  return { events, ...memory(), heapGrowthMiB, cpuMs: cpuUs / 1000 };
}

async function measureBulk(
  subject: SdkSubject,
  { text, lines, way }: Extract<SdkWork, { kind: "bulk" }>,
): Promise<Sample> {
  await subject.countLines("seq 1 10000", way);
  const watch = stopwatch();
  const seen = await subject.countLines(text, way);
  const { ms, cpuUs } = watch();
  if (seen !== lines) throw new Error(`expected ${lines} lines, got ${seen}`);
  return { ms, cpuMs: cpuUs / 1000 };
}

async function measureCreate(subject: SdkSubject): Promise<Sample> {
  const watch = stopwatch();
  await subject.create();
  return { ms: watch().ms };
}

async function measureFollowQuiet(
  subject: SdkSubject,
  { durationMs }: Extract<SdkWork, { kind: "follow-quiet" }>,
): Promise<Sample> {
  const watch = stopwatch();
  const stop = await subject.follow(formatBenchCommand({ kind: "started" }));
  await sleep(durationMs);
  const { cpuUs } = watch();
  stop();
  return { cpuMs: cpuUs / 1000 };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
