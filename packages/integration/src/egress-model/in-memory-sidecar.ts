import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { EgressSidecar } from "@rxsandbox/reference-server";

/** What a sidecar answered. */
export interface SidecarAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request to a sidecar. */
export type AskSidecar = (method: string, path: string, body?: string) => Promise<SidecarAnswer>;

/** Asks a sidecar without any socket: for thousands of requests in a second. */
export function askInMemory(sidecar: EgressSidecar, token: string): AskSidecar {
  return (method, path, body) =>
    new Promise((resolve) => {
      const request = Object.assign(Readable.from(body === undefined ? [] : [Buffer.from(body)]), {
        method,
        headers: { "opensandbox-egress-auth": token },
        socket: { remoteAddress: "127.0.0.1" },
      }) as unknown as IncomingMessage;
      const response = {
        statusCode: 200,
        setHeader: () => undefined,
        end: (text = "") => resolve({ status: response.statusCode, text }),
      };
      sidecar.handle(request, response as unknown as ServerResponse, path);
    });
}
