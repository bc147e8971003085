import { formatBenchCommand } from "../bench-command.js";
import { median, percentile } from "../table/statistics.js";
import type { Subject } from "./subject.js";
import { stopwatch } from "./stopwatch.js";
import type { ReaderWork, Sample } from "./task.js";

/** Measures one {@link ReaderWork} on a connected subject. */
export function measure(subject: Subject, work: ReaderWork): Promise<Sample> {
  switch (work.kind) {
    case "stream":
      return measureStream(subject, work);
    case "commands":
      return measureCommands(subject, work);
    case "requests":
      return measureRequests(subject, work);
    case "upload":
    case "download":
      return measureTransfer(subject, work);
  }
}

async function measureStream(subject: Subject, work: Extract<ReaderWork, { kind: "stream" }>): Promise<Sample> {
  await subject.run(formatBenchCommand(work.warmUp));
  const watch = stopwatch();
  const events = await subject.run(formatBenchCommand(work.command));
  const { ms, cpuUs } = watch();
  // A raw reader counts none; anyone else has to have seen all of them, or the figure would be for other work.
  if (events !== 0 && events !== work.events) throw new Error(`expected ${work.events} events, got ${events}`);
  return { ms, cpuMs: cpuUs / 1000, eventsPerSecond: (work.events / ms) * 1000, cpuUsPerEvent: cpuUs / work.events };
}

async function measureCommands(subject: Subject, work: Extract<ReaderWork, { kind: "commands" }>): Promise<Sample> {
  const command = formatBenchCommand(work.command);
  const times: number[] = [];
  const watch = stopwatch();
  for (let done = 0; done < work.count; done += 1) {
    if (done > 0 && work.thinkMs > 0) await new Promise((resolve) => setTimeout(resolve, work.thinkMs));
    const started = performance.now();
    await subject.run(command);
    times.push(performance.now() - started);
  }
  return { ms: median(times), maxMs: Math.max(...times), cpuMs: watch().cpuUs / 1000 / work.count };
}

async function measureRequests(subject: Subject, work: Extract<ReaderWork, { kind: "requests" }>): Promise<Sample> {
  await hammer(subject[work.call], work.concurrency, work.warmUpMs);
  const watch = stopwatch();
  const times = await hammer(subject[work.call], work.concurrency, work.durationMs);
  const { ms, cpuUs } = watch();
  return {
    requestsPerSecond: (times.length / ms) * 1000,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    cpuUsPerRequest: cpuUs / times.length,
  };
}

async function measureTransfer(
  subject: Subject,
  work: Extract<ReaderWork, { kind: "upload" | "download" }>,
): Promise<Sample> {
  await transfer(subject, work.kind === "upload" ? { ...work, ...work.warmUp } : { ...work, ...work.warmUp });
  const before = process.memoryUsage.rss();
  let peak = before;
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), RSS_SAMPLE_MS);
  const watch = stopwatch();
  await transfer(subject, work);
  const { ms, cpuUs } = watch();
  clearInterval(sampler);
  peak = Math.max(peak, process.memoryUsage.rss());
  return { megabytesPerSecond: work.bytes / ms / 1000, cpuS: cpuUs / 1e6, rssGrowthMiB: (peak - before) / 2 ** 20 };
}

const RSS_SAMPLE_MS = 10;

async function transfer(subject: Subject, work: Extract<ReaderWork, { kind: "upload" | "download" }>): Promise<void> {
  if (work.kind === "upload") return subject.upload(work.path, work.bytes);
  const seen = await subject.download(work.bytes);
  if (seen !== work.bytes) throw new Error(`expected ${work.bytes} bytes, got ${seen}`);
}

async function hammer(call: () => Promise<void>, concurrency: number, durationMs: number): Promise<readonly number[]> {
  const times: number[] = [];
  const end = performance.now() + durationMs;
  const one = async (): Promise<void> => {
    for (let started = performance.now(); started < end; started = performance.now()) {
      await call();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return times;
}
