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
