import { concatMap, toArray } from "rxjs";
import type { SandboxInfo } from "@rxsandbox/client";
import { exitCode } from "../exit-code.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";

export interface ListOptions extends ClientCommandOptions {
  readonly json?: boolean;
  /** Prints ids only. */
  readonly quiet?: boolean;
  readonly state?: readonly string[];
}

function age(from: Date, now: number): string {
  const seconds = Math.max(0, Math.round((now - from.getTime()) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)}m`;
  return `${Math.round(seconds / 3_600)}h`;
}

/** Lays out sandboxes as a table with one line each. */
export function sandboxTable(infos: readonly SandboxInfo[], now: number): string {
  const rows = [
    ["ID", "STATE", "IMAGE", "AGE", "EXPIRES"],
    ...infos.map((info) => [
      info.id,
      info.status.state,
      info.image?.uri ?? info.snapshotId ?? "-",
      age(info.createdAt, now),
      info.expiresAt === null ? "never" : `in ${age(new Date(now), info.expiresAt.getTime())}`,
    ]),
  ];
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(width(column))).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** `rxsandbox ps`: every sandbox of the server, as a table, as JSON, or as ids only. */
export function list(options: ListOptions, terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return withClient(options, terminal, env, {
    work: ({ client }) =>
      client.sandboxes.listAll(options.state === undefined ? {} : { states: options.state }).pipe(
        toArray(),
        concatMap(async (infos) => {
          await terminal.out(listing(infos, options));
          return exitCode.ok;
        }),
      ),
  });
}

function listing(infos: readonly SandboxInfo[], { json, quiet }: ListOptions): string {
  if (json === true) return `${JSON.stringify(infos, undefined, 2)}\n`;
  if (quiet === true) return infos.map(({ id }) => `${id}\n`).join("");
  return sandboxTable(infos, Date.now());
}
