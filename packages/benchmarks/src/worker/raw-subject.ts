import { Agent, type Dispatcher } from "undici";
import { BENCH_SANDBOX_ID } from "../server/bench-server.js";
import type { ConnectSubject } from "./subject.js";

/** The limit of what a client on undici can reach: bytes arrive and, for JSON calls only, are parsed. */
export const rawSubject: ConnectSubject = async (domain) => {
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const origin = `http://${domain}`;
  const headers = { "content-type": "application/json" };

  const dispatch = (options: Dispatcher.DispatchOptions, onData: (chunk: Buffer) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      agent.dispatch(
        { origin, ...options },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_controller, chunk) => onData(chunk),
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });

  const json = async (options: Dispatcher.DispatchOptions): Promise<void> => {
    const chunks: Buffer[] = [];
    await dispatch(options, (chunk) => chunks.push(chunk));
    JSON.parse(Buffer.concat(chunks).toString());
  };

  return {
    run: async (command) => {
      await dispatch({ method: "POST", path: "/proxy/44772/command", headers, body: JSON.stringify({ command }) }, () => undefined);
      return 0;
    },
    get: () => json({ method: "GET", path: `/v1/sandboxes/${BENCH_SANDBOX_ID}` }),
    post: () =>
      json({
        method: "POST",
        path: `/v1/sandboxes/${BENCH_SANDBOX_ID}/renew-expiration`,
        headers,
        body: JSON.stringify({ expiresAt: new Date(Date.now() + 600_000).toISOString() }),
      }),
    close: () => agent.close(),
  };
};
