import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";

/** What a reader has to know to compare figures; no host name, user or path. */
export interface MachineDescription {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly officialSdk: string;
}

export function describeMachine(): MachineDescription {
  const cores = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: cores[0]?.model.trim() ?? process.arch,
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    officialSdk: officialVersion(),
  };
}

/** The installed version, read beside the entry because the package does not export its manifest. */
function officialVersion(): string {
  const entry = createRequire(import.meta.url).resolve("@alibaba-group/opensandbox");
  const root = entry.slice(0, entry.lastIndexOf("/dist/"));
  return (JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { version: string }).version;
}
