import { ProtocolError } from "@rxsandbox/transport";

/** Load of the machine that a sandbox runs on (`execd.md` 7): memory is the host's, not a limit of the sandbox. */
export interface Metrics {
  readonly cpuCount: number;
  /** From 0 to 100, over all processors, measured for about a second. */
  readonly cpuUsedPercentage: number;
  readonly memoryTotalMiB: number;
  readonly memoryUsedMiB: number;
  /** Unix milliseconds, before the measurement. */
  readonly timestamp: number;
}

/** Reads metrics off the wire; absent numbers are 0. Throws `protocol` for anything that is not an object. */
export function readMetrics(value: unknown): Metrics {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError("the metrics are not an object");
  const wire = value as Readonly<Record<string, unknown>>;
  const number = (name: string): number => {
    const found = wire[name];
    return typeof found === "number" ? found : 0;
  };
  return {
    cpuCount: number("cpu_count"),
    cpuUsedPercentage: number("cpu_used_pct"),
    memoryTotalMiB: number("mem_total_mib"),
    memoryUsedMiB: number("mem_used_mib"),
    timestamp: number("timestamp"),
  };
}
