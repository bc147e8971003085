import { readFileSync, readdirSync } from "node:fs";
import type { HttpAnswer } from "@rxsandbox/testkit";

/**
 * One request of a recorded case and what the real server answered; the format is told in
 * `fixtures/transcripts/README.md`.
 */
export interface Recording {
  /** Case and number of the step, for test names. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string | null;
  readonly status: number;
  readonly requestId: string | undefined;
  /** The body as JSON or text; `undefined` when it is empty. */
  readonly decoded: unknown;
  /** The same bytes for a scripted transport. */
  readonly answer: HttpAnswer;
}

interface Step {
  readonly request?: { readonly method: string; readonly path: string; readonly body: string | null };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly chunks?: readonly { readonly b64?: string }[];
  };
  readonly decoded?: readonly unknown[];
}

const fixtures = new URL("../fixtures/transcripts/", import.meta.url);

/** Every recorded request of one group, for example `lifecycle/list`; what got no answer at all is left out. */
export function recordings(group: string): readonly Recording[] {
  return readdirSync(new URL(`${group}/`, fixtures))
    .sort()
    .flatMap((file) => {
      const recorded = JSON.parse(readFileSync(new URL(`${group}/${file}`, fixtures), "utf8")) as Step & {
        readonly id: string;
        readonly steps?: readonly Step[];
      };
      return (recorded.steps ?? [recorded]).flatMap((step, index) => toRecording(`${recorded.id} #${index + 1}`, step));
    });
}

function toRecording(name: string, { request, response, decoded }: Step): readonly Recording[] {
  if (request === undefined || response.status === 0 || response.chunks?.some(({ b64 }) => b64 === undefined))
    return [];
  const at = request.path.indexOf("?");
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([header, value]) => [
      header,
      typeof value === "string" ? value : value.join(", "),
    ]),
  );
  return [
    {
      name: `${name} ${request.method} ${request.path.slice(0, 100)} ${response.status}`,
      method: request.method,
      path: at === -1 ? request.path : request.path.slice(0, at),
      query: new URLSearchParams(at === -1 ? "" : request.path.slice(at + 1)),
      body: request.body,
      status: response.status,
      requestId: headers["x-request-id"],
      decoded: decoded?.[0],
      answer: {
        status: response.status,
        headers,
        body: Buffer.concat((response.chunks ?? []).map(({ b64 }) => Buffer.from(b64 ?? "", "base64"))),
      },
    },
  ];
}
