import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReferenceServerOptions, startReferenceServer } from "@rxsandbox/reference-server";
import type { ServerSubject } from "../model/subject.js";

// The only file that may import the embedded server.
export type { ReferenceServerOptions };

/** A reference server of this process as a subject. */
export interface EmbeddedSubject {
  readonly subject: ServerSubject;
  close(): Promise<void>;
}

/** The name at which sandboxes of an embedded subject find a service that answers with the headers it got. */
const ECHO_HOST = "echo.rxconf.example";

/**
 * Starts a reference server in a scratch directory; the end of a command's stream is 20 ms long unless told otherwise.
 */
export async function embeddedSubject(options: ReferenceServerOptions = {}): Promise<EmbeddedSubject> {
  const directory = mkdtempSync(join(tmpdir(), "rx-conf-"));
  const echo = await startEcho();
  const upstreams = { [ECHO_HOST]: `127.0.0.1:${(echo.address() as AddressInfo).port}`, ...options.upstreams };
  const server = await startReferenceServer({
    stateDir: join(directory, "state"),
    tailMs: 20,
    advertise: false,
    profile: "spec",
    ...options,
    upstreams,
  });
  return {
    subject: {
      kind: "server",
      lifecycle: {
        url: `http://${server.domain}`,
        apiKey: server.apiKey,
        image: "any",
        parallelCreates: 3,
        echo: { url: `http://${ECHO_HOST}/` },
      },
    },
    async close() {
      await server.close();
      echo.closeAllConnections();
      echo.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startEcho(): Promise<Server> {
  const echo = createServer((request, response) => response.end(JSON.stringify({ headers: request.headers })));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  return echo;
}
