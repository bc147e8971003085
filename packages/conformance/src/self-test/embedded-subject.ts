import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReferenceServerOptions, startReferenceServer } from "@rxsandbox/reference-server";
import type { ServerSubject } from "../subject/subject.js";

/** A reference server of this process as a subject. */
export interface EmbeddedSubject {
  readonly subject: ServerSubject;
  close(): Promise<void>;
}

/** Starts a reference server in a scratch directory; the end of a command's stream is 20 ms long unless told otherwise. */
export async function embeddedSubject(options: ReferenceServerOptions = {}): Promise<EmbeddedSubject> {
  const directory = mkdtempSync(join(tmpdir(), "rx-conf-"));
  const server = await startReferenceServer({ stateDir: join(directory, "state"), tailMs: 20, advertise: false, profile: "spec", ...options });
  return {
    subject: { kind: "server", lifecycle: { url: `http://${server.domain}`, apiKey: server.apiKey, image: "any", parallelCreates: 3 } },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
