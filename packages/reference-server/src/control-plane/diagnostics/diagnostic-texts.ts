import { formatInstant } from "../requests/instant-rule.js";
import type { SandboxRecord } from "../lifecycle/sandbox-record.js";

/** Names that speak of a secret (`divergences.md` L25). */
const SECRET_NAME = /token|secret|passw|key|credential|auth/i;
const MASK = "***";
/** What an engine prints for a moment that has not come. */
const NEVER = "0001-01-01T00:00:00Z";
const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE_MS, h: 60 * MINUTE_MS };

/**
 * The log of a sandbox: the last `tail` lines, not older than `since` such as `10m`; what is no duration means ten
 * minutes (`lifecycle.md` 8).
 */
export function logsText(
  record: SandboxRecord,
  { tail, since, nowMs }: { readonly tail: number; readonly since?: string | undefined; readonly nowMs: number },
): string {
  const lines = record.log.tail(tail, since === undefined ? undefined : nowMs - durationMs(since));
  return lines.length === 0 ? "(no logs)" : lines.map(({ atMs, text }) => `${formatInstant(atMs)} ${text}\n`).join("");
}

/** What happened to a sandbox, as an engine tells it. */
export function eventsText(record: SandboxRecord): string {
  const { phase } = record;
  const hasEnded = phase.kind === "exited";
  return [
    `Container:  ${engineId(record)} (sandbox-${record.id})`,
    `Status:     ${engineStatus(record)}`,
    `Created:    ${formatInstant(record.createdAtMs)}`,
    `Started:    ${formatInstant(record.createdAtMs)}`,
    ...(hasEnded
      ? [`Finished:   ${formatInstant(record.phaseSinceMs)}`, `Event:      Exited with code ${phase.exitCode}`]
      : []),
  ].join("\n");
}

/** How a sandbox was made. Values whose names speak of a secret are masked, the egress token among them. */
export function inspectText(record: SandboxRecord): string {
  const { phase } = record;
  const status = engineStatus(record);
  const truth = (value: boolean): string => (value ? "True" : "False");
  const labels: Readonly<Record<string, string>> = {
    ...(record.sidecar === undefined ? {} : { "opensandbox.io/egress-auth-token": record.sidecar.token }),
    ...(record.expiresAtMs === undefined ? {} : { "opensandbox.io/expires-at": formatInstant(record.expiresAtMs) }),
    "opensandbox.io/id": record.id,
    ...(record.snapshotId === undefined ? {} : { "opensandbox.io/snapshot-id": record.snapshotId }),
    ...record.metadata,
  };
  return [
    `Container ID:   ${engineId(record)}`,
    `Name:           sandbox-${record.id}`,
    `Image:          ${record.image ?? "unknown"}`,
    `Status:         ${status}`,
    `Running:        ${truth(status === "running" || status === "paused")}`,
    `Paused:         ${truth(status === "paused")}`,
    "OOMKilled:      False",
    `Exit Code:      ${phase.kind === "exited" ? phase.exitCode : 0}`,
    `Started At:     ${formatInstant(record.createdAtMs)}`,
    `Finished At:    ${phase.kind === "exited" ? formatInstant(record.phaseSinceMs) : NEVER}`,
    "",
    "Labels:",
    ...settings(labels),
    "",
    "Environment:",
    ...settings(record.env),
  ].join("\n");
}

/** The three together. */
export function summaryText(
  record: SandboxRecord,
  { tail, nowMs }: { readonly tail: number; readonly nowMs: number },
): string {
  const bar = "=".repeat(72);
  const section = (title: string, text: string): string => `${"-".repeat(40)}\n${title}\n${"-".repeat(40)}\n${text}\n`;
  return [
    `${bar}\nSANDBOX DIAGNOSTICS SUMMARY\nSandbox ID: ${record.id}\n${bar}\n`,
    section("INSPECT", inspectText(record)),
    section("EVENTS", eventsText(record)),
    section(`LOGS (last ${tail} lines)`, logsText(record, { tail, nowMs })),
  ].join("\n");
}

function settings(values: Readonly<Record<string, string>>): string[] {
  // A line break in a value must not look like another setting.
  return Object.entries(values).map(
    ([name, value]) => `  ${name}=${SECRET_NAME.test(name) ? MASK : value.replace(/[\r\n]+/g, " ")}`,
  );
}

function engineId({ id }: SandboxRecord): string {
  return id.replaceAll("-", "").slice(0, 12);
}

function engineStatus({ phase }: SandboxRecord): "running" | "paused" | "exited" | "removing" {
  return phase.kind;
}

function durationMs(text: string): number {
  const [, count, unit = ""] = /^(\d{1,9})([smh])$/.exec(text.trim()) ?? [];
  return count === undefined ? 10 * MINUTE_MS : Number(count) * (UNIT_MS[unit] ?? MINUTE_MS);
}
