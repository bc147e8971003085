import type { ServerSubject } from "../../model/subject.js";
import { throughGateway } from "../../gateway/through-gateway.js";
import { embeddedSubject } from "../embedded-subject.js";
import type { ServerMutant } from "./server-mutant.js";

/**
 * Gives work a freshly planted mutant: of the given server, or of one of its own where the fault is the server's. Both
 * end with the work.
 */
export async function onMutant<T>(
  mutant: Pick<ServerMutant, "alteration" | "server">,
  server: ServerSubject,
  work: (subject: ServerSubject) => Promise<T>,
): Promise<T> {
  if (mutant.server === undefined) return throughGateway(server, mutant.alteration(), work);
  const own = await embeddedSubject(mutant.server);
  try {
    return await throughGateway(own.subject, mutant.alteration(), work);
  } finally {
    await own.close();
  }
}
