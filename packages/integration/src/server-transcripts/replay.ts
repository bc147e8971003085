import type { RecordedStep, Transcript } from "./transcript.js";
import { recordedBody } from "./transcript.js";
import { type Answer, exchange } from "./http-exchange.js";

/** How recorded requests become live ones. */
export interface ReplayTarget {
  readonly port: number;
  /** Replaces what a recording names and this run names otherwise, such as paths. */
  translate(text: string): string;
  /** Headers for the recorded kind of authentication. */
  authHeaders(auth: RecordedStep["request"]["auth"]): Readonly<Record<string, string>>;
  /** Does what the recorder did, unrecorded, before a step. */
  beforeStep?(transcript: Transcript, index: number): void;
  /** The body of a request that the recording only describes by its digest. */
  body?(step: RecordedStep): Buffer | undefined;
}

/** The live answers of one case, and which recorded id is which live one. */
export interface Replay {
  readonly answers: readonly Answer[];
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * Sends the requests of a case again.
 *
 * A request that was recorded after an earlier one had ended, or had sent some frames, waits for the same, and for the
 * pause the recorder made; recorded ids in paths and bodies are replaced by the live ones.
 */
export async function replay(transcript: Transcript, target: ReplayTarget): Promise<Replay> {
  const ids = new Map<string, string>();
  const tracks = transcript.steps.map((step) => new Track(step));
  const answers = transcript.steps.map(async (step, index) => {
    await waitForTurn(step, tracks.slice(0, index));
    const track = tracks[index];
    if (track === undefined) throw new Error("no track");
    target.beforeStep?.(transcript, index);
    const answer = await send(step, track, target, ids);
    track.end();
    return answer;
  });
  return { answers: await Promise.all(answers), ids };
}

/** The progress of one live answer against its recording. */
class Track {
  readonly step: RecordedStep;
  readonly ended: Promise<void>;
  end: () => void = () => {};
  #frames = 0;
  #waiting: { readonly frames: number; readonly resolve: () => void }[] = [];

  constructor(step: RecordedStep) {
    this.step = step;
    this.ended = new Promise((resolve) => {
      this.end = () => {
        resolve();
        this.report(Number.POSITIVE_INFINITY);
      };
    });
  }

  report(frames: number): void {
    this.#frames = Math.max(this.#frames, frames);
    this.#waiting = this.#waiting.filter(({ frames: needed, resolve }) => {
      if (needed > this.#frames) return true;
      resolve();
      return false;
    });
  }

  reached(frames: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ frames, resolve });
      this.report(0);
    });
  }
}

async function waitForTurn(step: RecordedStep, earlier: readonly Track[]): Promise<void> {
  let lastMs = 0;
  await Promise.all(
    earlier.map(async (track) => {
      const { startMs, response } = track.step;
      const endMs = startMs + response.endTMs;
      const isKilled = isEndedBy(step, track.step);
      // The recorder rounds starts down to whole milliseconds.
      if (endMs <= step.startMs + 1 && !isKilled) {
        lastMs = Math.max(lastMs, endMs);
        return track.ended;
      }
      // Starts are rounded down here too; what this request caused cannot have been seen before it.
      const chunks = (response.chunks ?? []).slice(0, isKilled ? -1 : undefined);
      const seen = chunks.filter((chunk) => startMs + chunk.tMs <= step.startMs + 1);
      lastMs = Math.max(lastMs, startMs + (seen.at(-1)?.tMs ?? 0));
      await track.reached(countUnits(Buffer.concat(seen.map((chunk) => Buffer.from(chunk.b64 ?? "", "base64")))));
    }),
  );
  const pauseMs = step.startMs - lastMs;
  if (earlier.length > 0 && pauseMs > MIN_PAUSE_MS) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** A stream that was killed by this very request, too fast for the recorded times to show it. */
function isEndedBy(step: RecordedStep, earlier: RecordedStep): boolean {
  const isClose = earlier.startMs + earlier.response.endTMs >= step.startMs;
  return isClose && step.request.method === "DELETE" && recordedBody(earlier.response).includes("signal: killed");
}

const MIN_PAUSE_MS = 20;
const PATIENCE_MS = 3000;

async function send(step: RecordedStep, track: Track, target: ReplayTarget, ids: Map<string, string>): Promise<Answer> {
  const { request, response } = step;
  const live = (text: string): string =>
    [...ids].reduce((replaced, [recorded, actual]) => replaced.replaceAll(recorded, actual), target.translate(text));
  const body = target.body?.(step) ?? (request.body === null ? undefined : Buffer.from(live(request.body)));
  const isHungUp = response.end === "client";
  const wantedUnits = countUnits(recordedBody(response));
  let units = 0;
  let isFirst = true;
  const answer = await exchange(target.port, {
    method: request.method,
    path: live(request.path),
    headers: {
      ...request.headers,
      ...target.authHeaders(request.auth),
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
    },
    body,
    onPiece: (bytes) => {
      if (isFirst) learnIds(response, bytes, ids);
      isFirst = false;
      units += countUnits(bytes);
      track.report(units);
      return isHungUp && wantedUnits > 0 && units >= wantedUnits;
    },
    ...(isHungUp ? { hangUpAfterMs: response.endTMs, hangUpMs: response.endTMs + PATIENCE_MS } : {}),
  });
  return answer;
}

/** Frames that are no pings, or lines of a body that has no frames; every one comes in a piece of its own. */
function countUnits(bytes: Buffer): number {
  const text = bytes.toString("latin1");
  const units = text.split(text.includes("\n\n") ? "\n\n" : "\n").filter((unit) => unit !== "");
  return units.filter((unit) => !unit.startsWith('{"type":"ping"')).length;
}

function learnIds(recorded: RecordedStep["response"], live: Buffer, ids: Map<string, string>): void {
  const recordedId = findId(recordedBody(recorded));
  const liveId = findId(live);
  if (recordedId !== undefined && liveId !== undefined) ids.set(recordedId, liveId);
}

function findId(body: Buffer): string | undefined {
  return /^(?:\{"type":"init","text"|\{"session_id"):"([0-9a-f-]{32,36})"/.exec(body.toString("latin1", 0, 120))?.[1];
}
