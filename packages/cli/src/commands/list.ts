import { lastValueFrom, toArray } from "rxjs";
import { createClient, type SandboxInfo } from "@rxsandbox/client";
import { errorText } from "../error-text.js";
import { exitCode, exitCodeOfError } from "../exit-code.js";
import { noServerText, serverAddress, type ServerAddressOptions } from "../server-address.js";
import type { Terminal } from "../terminal.js";

export interface ListOptions extends ServerAddressOptions {
  readonly json?: boolean;
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

/** `rxsandbox list`: every sandbox of the server, as a table or as JSON. */
export async function list(
  options: ListOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const address = await serverAddress(options, env);
  if (address === undefined) {
    await terminal.err(noServerText);
    return exitCode.usage;
  }
  const client = createClient(address);
  try {
    const infos = await lastValueFrom(
      client.sandboxes.listAll(options.state === undefined ? {} : { states: options.state }).pipe(toArray()),
    );
    await terminal.out(
      options.json === true ? `${JSON.stringify(infos, undefined, 2)}\n` : sandboxTable(infos, Date.now()),
    );
    return exitCode.ok;
  } catch (error) {
    await terminal.err(errorText(error));
    return exitCodeOfError(error);
  } finally {
    await client.close();
  }
}
