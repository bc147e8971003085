import type { IncomingMessage } from "node:http";
import { endToEndHeaders } from "../../shared/forwarding/end-to-end-headers.js";

/** What a sandbox must not learn: the tenant key, and the cookies of the user's other services on this address. */
const NEVER_TO_SANDBOX = new Set(["host", "cookie", "open-sandbox-api-key"]);

/** What a sandbox must not set at an address that the user's other services share. */
const NEVER_FROM_SANDBOX = new Set([
  "set-cookie",
  "set-cookie2",
  "clear-site-data",
  "strict-transport-security",
  "service-worker-allowed",
]);

/** A page from a sandbox gets an origin of its own: it reads neither this server's answers nor the user's storage. */
const SANDBOX_POLICY = "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads";

/** The headers of a request as the sandbox gets them (`lifecycle.md` 9). */
export function requestHeadersToSandbox(
  request: IncomingMessage,
  options: { readonly isServerProxy: boolean; readonly hasBody: boolean },
): string[] {
  const kept = endToEndHeaders(request).filter(([name]) => {
    const lower = name.toLowerCase();
    return !NEVER_TO_SANDBOX.has(lower) && !(options.isServerProxy && lower === "authorization");
  });
  const headers = [["Host", "sandbox"], ...kept];
  if (options.hasBody && request.headers["transfer-encoding"] !== undefined)
    headers.push(["Transfer-Encoding", "chunked"]);
  if (options.isServerProxy) {
    for (const [name, value] of [
      ["X-Forwarded-Proto", "http"],
      ["X-Forwarded-Host", request.headers.host ?? ""],
      ["X-Forwarded-For", request.socket.remoteAddress ?? ""],
    ] as const) {
      if (request.headers[name.toLowerCase()] === undefined) headers.push([name, value]);
    }
  }
  return headers.flat();
}

/** The headers of an answer as the client gets them; repeated names are kept as separate entries. */
export function answerHeadersFromSandbox(answer: IncomingMessage, own: Readonly<Record<string, string>>): string[] {
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = endToEndHeaders(answer).filter(([name]) => {
    const lower = name.toLowerCase();
    return !lower.startsWith("access-control-") && !NEVER_FROM_SANDBOX.has(lower) && !replaced.has(lower);
  });
  return [...kept, ["Content-Security-Policy", SANDBOX_POLICY], ...Object.entries(own)].flat();
}
