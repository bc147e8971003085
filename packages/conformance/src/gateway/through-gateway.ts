import type { Alteration } from "./alteration.js";
import { startGateway } from "./start-gateway.js";
import type { ServerSubject } from "../model/subject.js";

/** Gives work the server as it is behind a gateway with an alteration; the gateway ends with the work. */
export async function throughGateway<T>(
  server: ServerSubject,
  alteration: Alteration,
  work: (altered: ServerSubject) => Promise<T>,
): Promise<T> {
  const { lifecycle, execd, egress } = server;
  const gateway = await startGateway(
    {
      ...(lifecycle !== undefined && { lifecycle: lifecycle.url }),
      ...(execd !== undefined && { execd: execd.url }),
      ...(egress !== undefined && { egress: egress.url }),
    },
    alteration,
  );
  try {
    return await work({
      ...server,
      ...(lifecycle !== undefined && { lifecycle: { ...lifecycle, url: gateway.lifecycle ?? lifecycle.url } }),
      ...(execd !== undefined && { execd: { ...execd, url: gateway.execd ?? execd.url } }),
      ...(egress !== undefined && { egress: { ...egress, url: gateway.egress ?? egress.url } }),
    });
  } finally {
    await gateway.close();
  }
}
