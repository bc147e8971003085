import { createHash } from "node:crypto";

/** One decoded frame of an event stream. */
export type WireFrame = Readonly<Record<string, unknown>>;

/** The frames of a bare event stream, the envelope included; a part of a frame at the end is left out. */
export function decodeFrames(body: Buffer): readonly WireFrame[] {
  return body
    .toString("utf8")
    .split("\n\n")
    .flatMap((frame) => {
      try {
        return frame === "" ? [] : [JSON.parse(frame) as WireFrame];
      } catch {
        return [];
      }
    });
}

/** What of an event stream must agree whatever the timing: see {@link summariseStream}. */
export interface StreamSummary {
  readonly first: unknown;
  readonly stdout: OutputSummary;
  readonly stderr: OutputSummary;
  /** Frames that are neither output nor pings, after the first, without times. */
  readonly rest: readonly unknown[];
  readonly hasOutputAfterEnd: boolean;
}

interface OutputSummary {
  readonly count: number;
  readonly sha256: string;
  readonly texts: readonly unknown[];
}

/**
 * Reduces frames to what does not depend on timing: output per stream, order of the rest.
 *
 * Texts above 2 KiB become size and digest, as in the recordings; of more than 400 events only count and digest of all
 * texts remain.
 */
export function summariseStream(frames: readonly WireFrame[]): StreamSummary {
  const events = frames.filter((frame) => frame["type"] !== "ping" && !("omittedEvents" in frame));
  const omitted = frames.find((frame) => "omittedEvents" in frame);
  const isOutput = (frame: WireFrame): boolean => frame["type"] === "stdout" || frame["type"] === "stderr";
  const firstEnd = events.findIndex((frame, index) => index > 0 && !isOutput(frame));
  return {
    first: events[0]?.["type"],
    stdout: summariseOutput(
      events.filter((frame) => frame["type"] === "stdout"),
      omitted,
    ),
    stderr: summariseOutput(
      events.filter((frame) => frame["type"] === "stderr"),
      undefined,
    ),
    rest: events
      .slice(1)
      .filter((frame) => !isOutput(frame))
      .map(withoutTimes),
    hasOutputAfterEnd: firstEnd !== -1 && events.slice(firstEnd).some(isOutput),
  };
}

function summariseOutput(frames: readonly WireFrame[], omitted: WireFrame | undefined): OutputSummary {
  if (omitted !== undefined) {
    const counts = omitted["counts"] as Readonly<Record<string, number>>;
    return { count: counts["stdout"] ?? 0, sha256: String(omitted["stdoutJoinedWithLfSha256"]), texts: [] };
  }
  const texts = frames.map((frame) => frame["text"]);
  if (frames.length > 400) return { count: frames.length, sha256: sha256(texts.join("\n")), texts: [] };
  return { count: frames.length, sha256: "", texts: frames.map(shortText) };
}

function shortText(frame: WireFrame): unknown {
  const text = frame["text"];
  if (typeof text !== "string") return { bytes: frame["textBytes"], sha256: frame["textSha256"] };
  const bytes = Buffer.byteLength(text);
  return bytes > 2048 ? { bytes, sha256: sha256(text) } : text;
}

function withoutTimes(frame: WireFrame): WireFrame {
  return Object.fromEntries(Object.entries(frame).filter(([key]) => key !== "timestamp" && key !== "execution_time"));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
