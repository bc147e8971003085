/** Now, in nanoseconds since the epoch, with the resolution the platform has. */
export function nowNs(): bigint {
  const preciseMs = performance.timeOrigin + performance.now();
  const wallMs = Date.now();
  // The monotonic clock loses the wall clock when that is set or the machine slept.
  const nowMs = Math.abs(preciseMs - wallMs) > 5 ? wallMs : preciseMs;
  return BigInt(Math.round(nowMs * 1000)) * 1000n;
}

/** RFC 3339 with up to nine fractional digits, trailing zeros dropped, in the local offset (`execd.md` 3.2). */
export function formatTime(epochNs: bigint): string {
  const date = new Date(Number(epochNs / 1_000_000n));
  const offsetMinutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const fraction = String(epochNs % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${local}${fraction === "" ? "" : `.${fraction}`}${formatOffset(offsetMinutes)}`;
}

/** A duration of whole milliseconds as the daemon prints it: `300ms`, `1.5s`, `1m0s`, `24h0m0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  if (durationMs < 1000) return `${durationMs}ms`;
  const seconds = `${(durationMs % 60_000) / 1000}s`;
  const minutes = Math.floor(durationMs / 60_000);
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

function formatOffset(minutes: number): string {
  if (minutes === 0) return "Z";
  const absolute = Math.abs(minutes);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(absolute / 60))}:${pad(absolute % 60)}`;
}
