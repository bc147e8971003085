import { rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compareAnswer, type Difference } from "./server-transcripts/compare.js";
import { ACCESS_TOKEN, type ExecdWorker, startExecdWorker } from "./server-transcripts/execd-worker.js";
import { EXECD_DIFFERENCES } from "./server-transcripts/execd-differences.js";
import { replay } from "./server-transcripts/replay.js";
import { readTranscripts, type Transcript } from "./server-transcripts/transcript.js";
import type { StreamSummary } from "./server-transcripts/wire-frames.js";

const GROUPS = ["auth", "background", "code", "command", "files", "misc", "session"];
const PROFILES = ["execd", "execd-token", "execd-grace0"];
const CONCURRENCY = 16;
const HEAVY = new Set([
  "execd/command/lines-100k",
  "execd/command/line-1mib-no-newline",
  "execd/session/line-over-16mib",
]);
const DEADLINE_MS = 25_000;

const cases = GROUPS.flatMap((group) => readTranscripts(`execd/${group}`));
const workers = new Map<string, ExecdWorker>();
const results = new Map<string, Promise<readonly Difference[]>>();

beforeAll(async () => {
  for (const profile of PROFILES) workers.set(profile, await startExecdWorker(profile));
  // All cases share the workers and run side by side: one after the other they take minutes, most of it waiting.
  const settle = new Map<string, (result: Promise<readonly Difference[]>) => void>();
  for (const { id } of cases) results.set(id, new Promise((resolve) => settle.set(id, resolve)));
  const isHeavy = ({ id }: Transcript): boolean => HEAVY.has(id);
  const byDuration = [...cases].sort((a, b) => durationMs(b) - durationMs(a));
  const work = async (queue: Transcript[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = withDeadline(next.id, replayCase(next));
      settle.get(next.id)?.(result);
      await result.catch(() => {});
    }
  };
  // Cases that keep a processor busy would falsify the times of the others.
  void work(byDuration.filter(isHeavy)).then(() => {
    const rest = byDuration.filter((transcript) => !isHeavy(transcript));
    for (let lane = 0; lane < CONCURRENCY; lane += 1) void work(rest);
  });
});

afterAll(async () => {
  await Promise.all([...workers.values()].map((worker) => worker.stop()));
});

describe("execd of the reference server", () => {
  it.each(cases.map(({ id }) => id))(
    "answers %s as recorded, but for the listed differences",
    { timeout: 120_000 },
    async (id) => {
      const differences = (await results.get(id)) ?? [];
      const listed = EXECD_DIFFERENCES[id]?.aspects ?? [];
      const unlisted = differences.filter(
        (difference) => !listed.includes(difference.key) && !isRacingJobNotice(id, difference),
      );
      expect(unlisted).toEqual([]);
      // A slow machine may need as long as the recording: that an answer is early cannot be demanded.
      const vanished = listed.filter(
        (key) => !key.endsWith(":early") && !differences.some((difference) => difference.key === key),
      );
      expect(vanished).toEqual([]);
    },
  );

  it("has no differences listed for cases that do not exist", () => {
    const known = new Set(cases.map(({ id }) => id));
    expect(Object.keys(EXECD_DIFFERENCES).filter((id) => !known.has(id))).toEqual([]);
  });
});

/**
 * bash reports a job that a signal ended only where one runs at that moment, which is a race with the loop of these
 * commands.
 */
const RACING_JOB_NOTICE = new Set(["execd/command/interrupt-trap-exit"]);

function isRacingJobNotice(id: string, { key, recorded, live }: Difference): boolean {
  if (!RACING_JOB_NOTICE.has(id) || !key.endsWith(":events")) return false;
  const without = (summary: unknown): unknown => {
    const { stderr, ...rest } = summary as StreamSummary;
    return { ...rest, stderr: stderr.texts.filter((text) => text !== "Terminated") };
  };
  return isDeepStrictEqual(without(recorded), without(live));
}

/** A case that hangs must not hide the others. */
function withDeadline<T>(id: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${id} hangs`)), DEADLINE_MS);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

function durationMs(transcript: Transcript): number {
  return Math.max(...transcript.steps.map((step) => step.startMs + step.response.endTMs));
}

async function replayCase(transcript: Transcript): Promise<readonly Difference[]> {
  const worker = workers.get(transcript.profile);
  if (worker === undefined) throw new Error(`no worker for profile ${transcript.profile}`);
  const { answers, ids } = await replay(transcript, {
    port: worker.port,
    translate: (text) =>
      text.replaceAll("/tmp/t/", `${worker.root}/`).replaceAll('"/tmp/t"', JSON.stringify(worker.root)),
    beforeStep({ id }, index) {
      // The recorder removed the session's directory between its two runs.
      if (id === "execd/session/cwd-vanished" && index === 2) rmSync(join(worker.root, "gone"), { recursive: true });
    },
    authHeaders: (auth): Readonly<Record<string, string>> =>
      auth === "none" ? {} : { "X-EXECD-ACCESS-TOKEN": auth === "valid" ? ACCESS_TOKEN : "wrong" },
  });
  const normalise = normaliser(worker.root, ids);
  return transcript.steps.flatMap((step, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : compareAnswer(index, step, answer, normalise);
  });
}

/** Makes recorded and live texts comparable: ids, the root, times, sizes of directories, the name of this user. */
function normaliser(root: string, ids: ReadonlyMap<string, string>): (text: string) => string {
  const user = userInfo().username;
  return (text) =>
    [...ids]
      .flat()
      .reduce((replaced, id) => replaced.replaceAll(id, "<id>"), text)
      .replaceAll(root, "/tmp/t")
      .replace(/execd_bash_\d+\.sh/g, "<script>")
      .replace(
        /"(modified_at|created_at|started_at|finished_at)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"/g,
        '"$1":"<time>"',
      )
      .replace(/"type":"directory","size":\d+/g, '"type":"directory","size":"<size>"')
      .replaceAll(`"owner":"${user}"`, '"owner":"root"')
      .replace(
        /\{"cpu_count":\d+,"cpu_used_pct":[\d.e-]+,"mem_total_mib":[\d.]+,"mem_used_mib":[\d.]+,"timestamp":\d+\}/g,
        '{"metrics":true}',
      );
}
