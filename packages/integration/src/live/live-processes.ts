import { readdir, readFile } from "node:fs/promises";

/** Command lines of the live processes of this machine that contain `marker`; zombies do not count. Linux only. */
export async function liveProcesses(marker: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    // A process may end between the listing and the read: then it is not live.
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ").trim();
    if (commandLine.includes(marker)) found.push(`${pid}: ${commandLine}`);
  }
  return found;
}
