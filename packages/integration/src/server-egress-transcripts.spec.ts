import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEgressSidecar, type EgressSidecarOptions } from "@rxsandbox/reference-server";
import { describe, expect, it } from "vitest";

import { compareAnswer, type Difference } from "./server-transcripts/compare.js";
import { EGRESS_DIFFERENCES } from "./server-transcripts/egress-differences.js";
import { replay } from "./server-transcripts/replay.js";
import { type RecordedStep, readTranscripts, type Transcript } from "./server-transcripts/transcript.js";

const TOKEN = "transcript-egress-token";
const cases = [
  ...readTranscripts("egress/policy"),
  ...readTranscripts("egress/vault").filter(({ id }) => id === "egress/vault/vault-without-interception"),
];

describe("egress sidecar of the reference server", () => {
  it.concurrent.each(cases)("answers $id as recorded, but for the listed differences", async (transcript) => {
    const differences = await replayCase(transcript);
    const listed = EGRESS_DIFFERENCES[transcript.id]?.aspects ?? [];
    expect(differences.filter(({ key }) => !listed.includes(key))).toEqual([]);
    expect(listed.filter((key) => !differences.some((difference) => difference.key === key))).toEqual([]);
  });

  it("has no differences listed for cases that do not exist", () => {
    const known = new Set(cases.map(({ id }) => id));
    expect(Object.keys(EGRESS_DIFFERENCES).filter((id) => !known.has(id))).toEqual([]);
  });
});

async function replayCase(transcript: Transcript): Promise<readonly Difference[]> {
  const sidecar = createEgressSidecar(optionsOf(transcript.profile));
  const server = createServer((request, response) => {
    // The server around it names the connection; the recorded one does not.
    response.removeHeader("connection");
    sidecar.handle(request, response, request.url ?? "/");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { answers } = await replay(transcript, {
      port: (server.address() as AddressInfo).port,
      translate: (text) => text,
      authHeaders: (auth): Readonly<Record<string, string>> =>
        auth === "none" ? {} : { "OPENSANDBOX-EGRESS-AUTH": auth === "valid" ? TOKEN : "wrong" },
      body: largeBody,
    });
    return transcript.steps.flatMap((step, index) => {
      const answer = answers[index];
      return answer === undefined ? [] : compareAnswer(index, step, answer, (text) => text);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** How the recorded sidecars were started (transcripts README, Profiles). */
function optionsOf(profile: string): EgressSidecarOptions {
  const policies: Readonly<Record<string, EgressSidecarOptions["policy"]>> = {
    "egress-start-rules": { egress: [{ target: "A.example" }, { action: "ALLOW", target: "b.example." }], defaultAction: "Allow" },
    "egress-nft-broken": { egress: [{ action: "allow", target: "a.example" }] },
    "egress-nft-restart": { egress: [{ action: "allow", target: "written.example" }] },
  };
  return {
    policy: policies[profile] ?? {},
    profile: "opensandbox",
    ...(profile === "egress" ? { token: TOKEN } : {}),
    ...(profile === "egress-limit" ? { maxRules: 5 } : {}),
  };
}

/** Bodies above 8 KiB are recorded as size and digest: these are the documents they were made of. */
function largeBody({ request }: RecordedStep): Buffer | undefined {
  const size = /^<(\d+) bytes/.exec(request.body ?? "")?.[1];
  if (size === undefined) return undefined;
  const rules = (count: number): Buffer =>
    Buffer.from(JSON.stringify({ defaultAction: "deny", egress: Array.from({ length: count }, (_, index) => ({ action: "deny", target: `h${index}.example` })) }));
  if (size === "175053") return rules(4096);
  if (size === "175096") return rules(4097);
  if (size === "1100075") return Buffer.from(JSON.stringify({ defaultAction: "deny", egress: [{ action: "allow", target: "a.example" }] }).padEnd(1_100_075));
  // Only its length beyond the limit of 1 MiB matters.
  return rules(30_000);
}
