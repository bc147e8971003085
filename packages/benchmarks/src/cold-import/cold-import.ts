/** Imports the package that the first argument names and tells what it cost. Imports nothing else before. */
const memory = process.memoryUsage.rss();
const cpu = process.cpuUsage();
const started = performance.now();
await import(process.argv[2] ?? "");
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
process.send?.({
  ms,
  cpuMs: (user + system) / 1000,
  rssGrowthMiB: (process.memoryUsage.rss() - memory) / 2 ** 20,
});
process.disconnect?.();

export {};
