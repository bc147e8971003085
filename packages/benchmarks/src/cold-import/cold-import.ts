import type { SdkSubject } from "../worker/sdk-subject.js";

/**
 * Imports the package that the first argument names and tells what it cost. With an address and a sandbox it imports a
 * subject instead and connects it. Imports nothing else before.
 */
const [name = "", domain, sandboxId = ""] = (process.argv[2] ?? "").split(" ");
const memory = process.memoryUsage.rss();
const cpu = process.cpuUsage();
const started = performance.now();
const loaded: unknown = await import(name);
if (domain !== undefined) await connect(loaded as Record<string, unknown>, domain);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
process.send?.({
  ms,
  cpuMs: (user + system) / 1000,
  rssGrowthMiB: (process.memoryUsage.rss() - memory) / 2 ** 20,
});
process.exit(0);

async function connect(subjects: Record<string, unknown>, to: string): Promise<SdkSubject> {
  const { rxsandboxSubject, officialSubject } = subjects as {
    readonly rxsandboxSubject?: (domain: string, id: string) => Promise<SdkSubject>;
    readonly officialSubject?: (way: string) => (domain: string, id: string) => Promise<SdkSubject>;
  };
  const open = rxsandboxSubject ?? officialSubject?.("official-iterator");
  if (open === undefined) throw new Error(`${name} has no subject`);
  return open(to, sandboxId);
}
