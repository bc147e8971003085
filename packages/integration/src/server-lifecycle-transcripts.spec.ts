import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReferenceServer, startReferenceServer } from "@rxsandbox/reference-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DELIBERATE_DIFFERENCES, UNREPLAYED_CASES } from "./lifecycle-replay/deliberate-differences.js";
import { ManualClock } from "./lifecycle-replay/manual-clock.js";
import { rawRequest } from "./lifecycle-replay/raw-request.js";
import { replayCase, settleSnapshots } from "./lifecycle-replay/replay-case.js";
import { recordedCases } from "./lifecycle-replay/transcript.js";

const GROUPS = [
  "auth",
  "create",
  "diagnostics",
  "egress",
  "endpoints",
  "errors",
  "list",
  "metadata",
  "proxy",
  "read",
  "snapshots",
  "state",
  "time",
];

describe("lifecycle transcripts on the reference server", () => {
  const clock = new ManualClock();
  let directory: string;
  let volumeDirectory: string;
  let server: ReferenceServer;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "rx-lc-"));
    volumeDirectory = join(directory, "volume");
    mkdirSync(volumeDirectory);
    server = await startReferenceServer({
      stateDir: join(directory, "state"),
      clock,
      allowedHostPaths: [volumeDirectory],
      allowedOrigins: ["http://app.example"],
      allowedHosts: ["sandbox.example:8443"],
      faults: ["metrics-events-404", "deleted-metadata-returns", "snapshot-slow"],
    });
  });

  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  afterEach(() => removeAll(server, clock));

  const cases = GROUPS.flatMap(recordedCases);
  const replayed = cases.filter((recorded) => !UNREPLAYED_CASES.some((entry) => entry.case === recorded.id));

  // All of them take more than a minute: outside of CI every second one is replayed.
  const tried = replayed.filter((_, index) => process.env["CI"] === "true" || index % 2 === 0);

  it.each(tried)("answers as recorded: $id", { timeout: 120_000 }, async (recorded) => {
    const steps = await replayCase(recorded, { server, clock, volumeDirectory });
    const differing = steps.flatMap((step, index) => (isSame(step.recorded, step.actual) ? [] : [index]));
    const listed = DELIBERATE_DIFFERENCES.filter((entry) => entry.case === recorded.id).flatMap((entry) => entry.steps);
    const unlisted = differing.filter((index) => !listed.includes(index)).map((index) => steps[index]);
    expect(unlisted.map((step) => [step?.title, step?.actual])).toEqual(
      unlisted.map((step) => [step?.title, step?.recorded]),
    );
    // A listed difference that is gone is a wrong entry.
    expect(differing).toEqual([...listed].sort((one, other) => one - other));
  });

  it("documents every difference with its reason", () => {
    const guide = readFileSync(new URL("../../../docs/reference-server.md", import.meta.url), "utf8");
    const rows = [
      ...DELIBERATE_DIFFERENCES.map(
        (entry) =>
          `| ${entry.case.replace("lifecycle/", "")} | ${entry.steps.map((step) => step + 1).join(", ")} | ${entry.reason} |`,
      ),
      ...UNREPLAYED_CASES.map((entry) => `| ${entry.case.replace("lifecycle/", "")} | ${entry.reason} |`),
    ];
    expect(rows.filter((row) => !guide.includes(row))).toEqual([]);
  });

  it("lists only cases that exist", () => {
    const known = new Set(cases.map((recorded) => recorded.id));
    const named = [...DELIBERATE_DIFFERENCES, ...UNREPLAYED_CASES].map((entry) => entry.case);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });
});

function isSame(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other);
    return true;
  } catch {
    // The assertion is the comparison here.
    return false;
  }
}

async function removeAll(server: ReferenceServer, clock: ManualClock): Promise<void> {
  await removeEach(server, "sandboxes");
  clock.set(clock.now() + 1000);
  await settleSnapshots({ server, clock });
  await removeEach(server, "snapshots");
}

async function removeEach(server: ReferenceServer, kind: "sandboxes" | "snapshots"): Promise<void> {
  const headers = { "OPEN-SANDBOX-API-KEY": server.apiKey };
  const list = await rawRequest({
    domain: server.domain,
    method: "GET",
    path: `/v1/${kind}?pageSize=200`,
    headers,
    body: null,
  });
  const { items } = JSON.parse(list.text) as { readonly items: readonly { readonly id: string }[] };
  for (const { id } of items)
    await rawRequest({ domain: server.domain, method: "DELETE", path: `/v1/${kind}/${id}`, headers, body: null });
}
