import { defer, type Observable } from "rxjs";
import { CREATE_ID_METADATA_KEY, type WireCreateSandboxRequest } from "@rxsandbox/protocol";
import { createRemote, type ApiConnection } from "@rxsandbox/transport/calls";
import { ensureKilled } from "../calls/kill.js";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import { randomHex } from "../random-hex.js";
import { killOrphans } from "./orphans.js";

/** The control plane, as creates need it. */
export interface CreateConnection extends ApiConnection {
  readonly createTimeoutMs: number;
}

/**
 * Sends one create and emits what the server answered.
 *
 * Producer: each subscription creates a sandbox of its own, with a label by which it is found when the answer is lost.
 * Errors are passed on at once; where the server may have created a sandbox anyway, the scope looks for it and
 * kills it. Unsubscribe before the answer does not abort the request, since that would leave a sandbox whose id nobody
 * knows (`lifecycle.md` 2.2): the scope waits for the answer and kills what it names.
 */
export function createSandbox(
  connection: CreateConnection,
  request: WireCreateSandboxRequest,
): Observable<SandboxInfo> {
  const { cleanupApi, createTimeoutMs } = connection;
  return defer(() => {
    const createId = randomHex();
    const json: WireCreateSandboxRequest = {
      ...request,
      metadata: { ...request.metadata, [CREATE_ID_METADATA_KEY]: createId },
    };
    return createRemote(connection, {
      call: { what: "Create sandbox", method: "POST", path: "/sandboxes", json, timeoutMs: createTimeoutMs },
      parse: parseSandboxInfo,
      subject: () => ({ kind: "create", id: createId }),
      remove: ({ id }) => ensureKilled(cleanupApi, id),
      removeLost: () => killOrphans(cleanupApi, createId),
    });
  });
}
