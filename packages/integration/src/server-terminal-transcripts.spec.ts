import { rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startReferenceServer } from "@rxsandbox/reference-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareAnswer } from "./server-transcripts/compare.js";
import { type ExecdWorker, startExecdWorker } from "./server-transcripts/execd-worker.js";
import { replayTerminal, type SocketSummary, type TerminalStep } from "./server-transcripts/replay-terminal.js";
import { TERMINAL_DIFFERENCES } from "./server-transcripts/terminal-differences.js";
import { readTranscripts, type Transcript } from "./server-transcripts/transcript.js";

/** Version and user of the shell, the number of the device, and how a line is drawn again after a resize. */
const plain = (text: string): string =>
  text
    .replace(/bash-\d+\.\d+[#$] /g, "<prompt>")
    .replace(/\/dev\/pts\/\d+/g, "<device>")
    .replace(/\r(?: +\r)?(?:\x1b\[K)?<prompt>/g, "<prompt>")
    .replace(/"output_offset":[1-9]\d*/g, '"output_offset":"<count>"')
    .replace(/fork\/exec \S+bash/g, "fork/exec <bash>");

async function differences(
  transcript: Transcript,
  target: Parameters<typeof replayTerminal>[1],
): Promise<Record<string, unknown>> {
  const { steps, ids } = await replayTerminal(transcript.steps as readonly TerminalStep[], target);
  const normalise = (text: string): string =>
    target.normalise([...ids].flat().reduce((result, id) => result.replaceAll(id, "<id>"), text));
  const found: Record<string, unknown> = {};
  for (const [index, { recorded, live, answer }] of steps.entries()) {
    const step = transcript.steps[index];
    if (answer !== undefined && step !== undefined)
      for (const difference of compareAnswer(index, step, answer, normalise)) found[difference.key] = difference;
    for (const aspect of Object.keys(recorded ?? {}) as (keyof SocketSummary)[]) {
      if (!isDeepStrictEqual(recorded?.[aspect], live?.[aspect]))
        found[`${index}:${aspect}`] = { recorded: recorded?.[aspect], live: live?.[aspect] };
    }
  }
  return found;
}

function expectOnlyListed(id: string, found: Record<string, unknown>): void {
  const listed = TERMINAL_DIFFERENCES[id]?.aspects ?? [];
  expect(Object.fromEntries(Object.entries(found).filter(([key]) => !listed.includes(key)))).toEqual({});
  expect(listed.filter((key) => !(key in found))).toEqual([]);
}

describe("terminals of the reference server's execd", () => {
  let worker: ExecdWorker;
  beforeAll(async () => {
    worker = await startExecdWorker("execd");
  });
  afterAll(() => worker.stop());

  it.each(readTranscripts("execd/pty"))(
    "behave as recorded, but for the listed differences: $id",
    { timeout: 60_000 },
    async (transcript) => {
      const { root } = worker;
      expectOnlyListed(
        transcript.id,
        await differences(transcript, {
          port: worker.port,
          headers: {},
          translate: (text) => text.replaceAll("/tmp/t/", `${root}/`).replaceAll('"/tmp/t"', JSON.stringify(root)),
          normalise: (text) =>
            plain(text.replaceAll(root, "/tmp/t").replace(/"session_id":"[0-9a-f-]{36}"/g, '"session_id":"<id>"')),
          beforeStep(index) {
            // The recorder removed the working directory before the first client.
            if (transcript.id === "execd/pty/start-failed" && index === 1)
              rmSync(join(root, "pty-gone"), { recursive: true });
          },
        }),
      );
    },
  );
});

describe("WebSockets of the reference server's proxy", () => {
  it("behave as recorded, but for the listed differences", { timeout: 60_000 }, async () => {
    const server = await startReferenceServer({ allowRoot: true });
    try {
      const headers = { "OPEN-SANDBOX-API-KEY": server.apiKey };
      const body = JSON.stringify({ image: { uri: "x" }, entrypoint: ["sleep", "600"], resourceLimits: {} });
      const created = await fetch(`http://${server.domain}/v1/sandboxes`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body,
      });
      const { id } = (await created.json()) as { readonly id: string };
      const [transcript] = readTranscripts("lifecycle/proxy").filter(
        (candidate) => candidate.id === "lifecycle/proxy/websocket",
      );
      const recordedId = /sandboxes\/([0-9a-f-]{36})\//.exec(transcript?.steps[0]?.request.path ?? "")?.[1] ?? "";
      if (transcript === undefined) throw new Error("the case is gone");
      const found = await differences(transcript, {
        port: Number(server.domain.split(":")[1]),
        headers,
        translate: (text) => text.replaceAll(recordedId, id),
        normalise: (text) => plain(text.replaceAll(recordedId, "<sandbox>").replaceAll(id, "<sandbox>")),
      });
      // Headers of proxied answers are compared with the other cases of the proxy.
      expectOnlyListed(
        transcript.id,
        Object.fromEntries(Object.entries(found).filter(([key]) => !key.endsWith(":headers"))),
      );
    } finally {
      await server.close();
    }
  });
});

describe("TERMINAL_DIFFERENCES", () => {
  it("names cases that exist", () => {
    const known = new Set([...readTranscripts("execd/pty").map(({ id }) => id), "lifecycle/proxy/websocket"]);
    expect(Object.keys(TERMINAL_DIFFERENCES).filter((id) => !known.has(id))).toEqual([]);
  });
});
