/** What a sandbox uses. */
export interface SandboxMetrics {
  cpuCount: number;
  /** From 0 to 100. */
  cpuUsedPercentage: number;
  memoryTotalMiB: number;
  memoryUsedMiB: number;
  /** Unix ms. */
  timestamp: number;
}

/** Metrics of one sandbox. */
export interface ExecdMetrics {
  getMetrics(): Promise<SandboxMetrics>;
}

/** What the daemon answers, as the wire has it. */
export interface Metrics extends Record<string, unknown> {
  cpu_count?: number;
  cpu_used_pct?: number;
  mem_total_mib?: number;
  mem_used_mib?: number;
  /** Unix ms. */
  timestamp?: number;
}
