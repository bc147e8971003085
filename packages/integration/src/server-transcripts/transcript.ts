import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One recorded request. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: "none" | "wrong" | "valid";
  readonly body: string | null;
}

/** One recorded answer; bodies above 200 KiB are not whole. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly chunks?: readonly { readonly tMs: number; readonly b64?: string }[];
  readonly bodyBytes?: number;
  readonly bodySha256?: string;
  readonly endTMs: number;
  readonly end: "eof" | "short" | "reset" | "client";
}

/** One request of a case with its answer. */
export interface RecordedStep {
  readonly startMs: number;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
  readonly decoded?: readonly unknown[];
}

/** One case of the transcripts. */
export interface Transcript {
  readonly id: string;
  readonly profile: string;
  readonly steps: readonly RecordedStep[];
}

/** Reads every case of a group such as `execd/command`. */
export function readTranscripts(group: string): readonly Transcript[] {
  const directory = new URL(`${group}/`, ROOT);
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => normalise(JSON.parse(readFileSync(new URL(name, directory), "utf8")) as Raw));
}

/** The recorded body bytes, as far as they were stored. */
export function recordedBody(response: RecordedResponse): Buffer {
  return Buffer.concat((response.chunks ?? []).map((chunk) => Buffer.from(chunk.b64 ?? "", "base64")));
}

const ROOT = new URL("../../fixtures/transcripts/", import.meta.url);

type Raw = {
  readonly id: string;
  readonly profile: string;
  readonly steps?: readonly RecordedStep[];
} & Partial<RecordedStep>;

function normalise(raw: Raw): Transcript {
  if (raw.steps !== undefined) return { id: raw.id, profile: raw.profile, steps: raw.steps };
  const { request, response, decoded } = raw;
  if (request === undefined || response === undefined)
    throw new Error(`${raw.id} in ${fileURLToPath(ROOT)} has no request`);
  return {
    id: raw.id,
    profile: raw.profile,
    steps: [{ startMs: 0, request, response, ...(decoded === undefined ? {} : { decoded }) }],
  };
}
