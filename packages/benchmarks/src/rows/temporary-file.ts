import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file of zeros without blocks on disk: reading it costs what reading a cached file costs. */
export async function temporaryFile(bytes: number): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "rxsandbox-bench-"));
  const path = join(directory, "content");
  await writeFile(path, "");
  await truncate(path, bytes);
  return { path, remove: () => rm(directory, { recursive: true }) };
}
