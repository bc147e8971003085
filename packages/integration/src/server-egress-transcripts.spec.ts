import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEgressSidecar, type EgressSidecarOptions } from "@rxsandbox/reference-server";
import { describe, expect, it } from "vitest";

import { compareAnswer, type Difference } from "./server-transcripts/compare.js";
import { EGRESS_DIFFERENCES } from "./server-transcripts/egress-differences.js";
import { replay } from "./server-transcripts/replay.js";
import { type RecordedStep, readTranscripts, type Transcript } from "./server-transcripts/transcript.js";

const TOKEN = "transcript-egress-token";
const cases = [...readTranscripts("egress/policy"), ...readTranscripts("egress/vault")];

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
  const directory = mkdtempSync(join(tmpdir(), "rxsandbox-egress-"));
  const sidecar = createEgressSidecar(optionsOf(transcript.profile, directory));
  const server = createServer((request, response) => {
    if (transcript.profile === "egress-vault-peer")
      Object.defineProperty(request.socket, "remoteAddress", { value: "192.0.2.2" });
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
    rmSync(directory, { recursive: true });
  }
}

/** How the recorded sidecars were started (transcripts README, Profiles). */
function optionsOf(profile: string, directory: string): EgressSidecarOptions {
  const allow = (target: string): { action: string; target: string } => ({ action: "allow", target });
  const written = join(directory, "policy.json");
  const vault: Partial<EgressSidecarOptions> = {
    token: TOKEN,
    policy: { egress: [allow("api.example.com"), allow("*.wild.example")], defaultAction: "deny" },
    interception: { ignoredHosts: ["ignored.wild.example"] },
  };
  const profiles: Readonly<Record<string, Partial<EgressSidecarOptions>>> = {
    egress: { token: TOKEN },
    "egress-limit": { maxRules: 5 },
    "egress-start-rules": {
      policy: { egress: [{ target: "A.example" }, { action: "ALLOW", target: "b.example." }], defaultAction: "Allow" },
    },
    "egress-file-broken": { policyFile: "/proc/nope/p.json" },
    "egress-nft-broken": { policy: { egress: [allow("a.example")] } },
    "egress-nft-restart": { policyFile: written },
    "egress-vault": vault,
    "egress-vault-peer": vault,
    "egress-vault-pending": { token: TOKEN, interception: { isReady: () => false } },
    "egress-vault-insecure": { ...vault, interception: { isUpstreamInsecure: true } },
  };
  if (profile === "egress-nft-restart")
    writeFileSync(written, JSON.stringify({ defaultAction: "deny", egress: [allow("written.example")] }));
  return { policy: {}, profile: "opensandbox", ...profiles[profile] };
}

/** Bodies above 8 KiB are recorded as size and digest: these are the documents they were made of. */
function largeBody({ request }: RecordedStep): Buffer | undefined {
  const size = /^<(\d+) bytes/.exec(request.body ?? "")?.[1];
  if (size === undefined) return undefined;
  const rules = (count: number): Buffer =>
    Buffer.from(
      JSON.stringify({
        defaultAction: "deny",
        egress: Array.from({ length: count }, (_, index) => ({ action: "deny", target: `h${index}.example` })),
      }),
    );
  if (size === "175053") return rules(4096);
  if (size === "175096") return rules(4097);
  if (size === "1100075")
    return Buffer.from(
      JSON.stringify({ defaultAction: "deny", egress: [{ action: "allow", target: "a.example" }] }).padEnd(1_100_075),
    );
  // Only its length beyond the limit of 1 MiB matters.
  return rules(30_000);
}
