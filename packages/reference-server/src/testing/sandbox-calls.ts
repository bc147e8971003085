import { rawHttp, type RawHttpAnswer } from "./raw-http.js";

/** Calls of the lifecycle API and of the daemons behind it, for specs. */
export interface SandboxCalls {
  /** A call with the key; the body is sent as JSON. */
  call(method: string, path: string, body?: unknown): Promise<RawHttpAnswer>;
  /** Creates a sandbox that waits; returns its id. */
  create(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs a command to its end; returns its output. */
  run(id: string, command: string): Promise<string>;
}

/** Makes the calls to one server. */
export function sandboxCalls({ domain, apiKey }: { readonly domain: string; readonly apiKey: string }): SandboxCalls {
  const call = (method: string, path: string, body?: unknown): Promise<RawHttpAnswer> =>
    rawHttp(domain, {
      method,
      path,
      headers: {
        "OPEN-SANDBOX-API-KEY": apiKey,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    call,
    async create(fields = {}) {
      const answer = await call("POST", "/v1/sandboxes", {
        image: { uri: "any" },
        entrypoint: ["tail", "-f", "/dev/null"],
        resourceLimits: {},
        timeout: 300,
        ...fields,
      });
      if (answer.status !== 202) throw new Error(`create failed: ${answer.status} ${answer.text}`);
      return (JSON.parse(answer.text) as { readonly id: string }).id;
    },
    async run(id, command) {
      const answer = await call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command });
      const events = answer.text.split("\n\n").filter((frame) => frame !== "");
      return events
        .map((frame) => JSON.parse(frame) as { readonly type: string; readonly text?: string })
        .filter((event) => event.type === "stdout" || event.type === "stderr")
        .map((event) => `${event.text ?? ""}\n`)
        .join("");
    },
  };
}
