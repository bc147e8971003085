import type { ServerResponse } from "node:http";

/**
 * Refuses a plain request of a sandbox so that the program fails: the text is announced longer than it is, and the
 * connection ends early. Without interception a denied name does not resolve, which no program takes for success; a
 * whole answer would be one for `curl` without `-f`.
 */
export function refuseTraffic(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { req: request } = response;
  // The answer to HEAD has no text that could break off.
  if (request.method === "HEAD") {
    response.destroy();
    return;
  }
  const body = `${text}\n`;
  response.writeHead(status, {
    ...headers,
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body) + 1,
    connection: "close",
  });
  response.write(body, () => response.destroy());
}
