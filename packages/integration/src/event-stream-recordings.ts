import { readFileSync, readdirSync } from "node:fs";

/**
 * One execution stream as it came off the socket of a real server; the format is told in
 * `fixtures/transcripts/README.md`.
 */
export interface EventStreamRecording {
  /** Case and number of the step, for test names. */
  readonly name: string;
  /** The body with the borders of the HTTP chunks as recorded. */
  readonly chunks: readonly Uint8Array[];
  /** Whether the server ended the body; else the recorder hung up. */
  readonly isWhole: boolean;
  /** The frames, parsed by the recorder; texts above 2 KiB as `textBytes` and `textSha256`. */
  readonly decoded: readonly Readonly<Record<string, unknown>>[];
}

/** A stream that cannot be replayed, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: "body abbreviated" | "metrics, not an execution";
}

interface Step {
  readonly request?: { readonly path: string };
  readonly response?: {
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly chunks?: readonly { readonly b64?: string }[];
    readonly end?: string;
  };
  readonly decoded?: readonly Readonly<Record<string, unknown>>[];
}

const fixtures = new URL("../fixtures/transcripts/", import.meta.url);

/** Every recorded answer of type `text/event-stream`, from all servers. */
export function eventStreamRecordings(): {
  readonly recordings: readonly EventStreamRecording[];
  readonly leftOut: readonly LeftOut[];
} {
  const recordings: EventStreamRecording[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of readdirSync(fixtures, { recursive: true, encoding: "utf8" }).sort()) {
    if (!file.endsWith(".json") || file === "manifest.json") continue;
    const recorded = JSON.parse(readFileSync(new URL(file, fixtures), "utf8")) as Step & {
      readonly steps?: readonly Step[];
    };
    for (const [index, { request, response, decoded }] of (recorded.steps ?? [recorded]).entries()) {
      if (!String(response?.headers?.["content-type"] ?? "").startsWith("text/event-stream")) continue;
      const name = `${file.replace(/\.json$/, "")} #${index + 1}`;
      const chunks = response?.chunks ?? [];
      if (request?.path.endsWith("/metrics/watch")) leftOut.push({ name, reason: "metrics, not an execution" });
      else if (chunks.some(({ b64 }) => b64 === undefined)) leftOut.push({ name, reason: "body abbreviated" });
      else
        recordings.push({
          name,
          chunks: chunks.map(({ b64 }) => Buffer.from(b64 ?? "", "base64")),
          isWhole: response?.end === "eof",
          decoded: decoded ?? [],
        });
    }
  }
  return { recordings, leftOut };
}
