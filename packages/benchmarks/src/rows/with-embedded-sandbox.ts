import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@rxsandbox/client";
import { startReferenceServer } from "@rxsandbox/reference-server";
import { firstValueFrom } from "rxjs";
import { BENCH_API_KEY } from "../worker/task.js";

/** Runs something with a sandbox of an embedded server in this process, and ends both. */
export async function withEmbeddedSandbox<T>(
  use: (sandbox: { readonly domain: string; readonly sandboxId: string }) => Promise<T>,
): Promise<T> {
  const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-bench-"));
  const server = await startReferenceServer({ stateDir, advertise: false, allowRoot: true, apiKey: BENCH_API_KEY });
  const client = createClient({ domain: server.domain, apiKey: BENCH_API_KEY });
  try {
    const { id } = await firstValueFrom(client.create({ image: "python:3.11" }));
    return await use({ domain: server.domain, sandboxId: id });
  } finally {
    await client.close();
    await server.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}
