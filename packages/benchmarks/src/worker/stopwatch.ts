/** Starts measuring; the returned function tells the time and the CPU time of this process since then. */
export function stopwatch(): () => { readonly ms: number; readonly cpuUs: number } {
  const cpu = process.cpuUsage();
  const started = performance.now();
  return () => {
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    return { ms, cpuUs: user + system };
  };
}
