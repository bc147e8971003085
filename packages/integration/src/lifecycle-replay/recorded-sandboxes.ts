import type { RecordedCase } from "./transcript.js";

/** A sandbox that existed before the first recorded step. */
export interface EarlierSandbox {
  readonly recordedId: string;
  readonly body: Record<string, unknown>;
  readonly isPaused: boolean;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** Policies of sandboxes that were created before a case, which no answer shows. */
const EARLIER_POLICIES: Readonly<Record<string, unknown>> = {
  "lifecycle/egress/pause-resume": { defaultAction: "deny", egress: [{ action: "allow", target: "a.example" }] },
  "lifecycle/egress/runtime-changes": { defaultAction: "deny", egress: [{ action: "allow", target: "a.example" }] },
};

/** What had become of sandboxes before a case that shows it in texts only. */
const EARLIER_ENDS: Readonly<Record<string, { readonly entrypoint?: readonly string[]; readonly isPaused?: boolean }>> =
  {
    "0e35079b-d228-480f-9922-6afb72cf3479": { entrypoint: ["sh", "-c", "echo bye; exit 3"] },
    "a69d813b-3509-4fc3-8c06-99073176fdee": { isPaused: true },
  };

/** Finds the sandboxes a case takes for granted, oldest first, and how to create the like of them. */
export function earlierSandboxes(recorded: RecordedCase): readonly EarlierSandbox[] {
  const created = new Set(recorded.steps.map((step) => createdId(step.request, step.decoded?.[0])));
  const shown = new Map<string, Record<string, unknown> | undefined>();
  for (const step of recorded.steps) {
    const pathId = /\/sandboxes\/([^/?]+)/.exec(step.request.path)?.[1];
    if (pathId !== undefined && UUID.test(pathId) && UUID.exec(pathId)?.[0] === pathId && !shown.has(pathId))
      shown.set(pathId, undefined);
    for (const sandbox of sandboxesIn(step.decoded?.[0])) {
      const id = String(sandbox["id"]);
      if (shown.get(id) === undefined) shown.set(id, sandbox);
    }
  }
  for (const { sandboxId } of earlierSnapshots(recorded)) if (!shown.has(sandboxId)) shown.set(sandboxId, undefined);
  return [...shown]
    .filter(([id]) => id !== NOBODY && !created.has(id))
    .sort((one, other) => String(one[1]?.["createdAt"]).localeCompare(String(other[1]?.["createdAt"])))
    .map(([recordedId, sandbox]) => ({
      recordedId,
      isPaused:
        EARLIER_ENDS[recordedId]?.isPaused ??
        ((sandbox?.["status"] as { state?: string } | undefined)?.state === "Paused" && recorded.id.includes("/list/")),
      body: {
        image: { uri: "sandbox-image:local" },
        entrypoint: EARLIER_ENDS[recordedId]?.entrypoint ?? ["tail", "-f", "/dev/null"],
        resourceLimits: {},
        ...(sandbox !== undefined && sandbox["expiresAt"] === undefined
          ? {}
          : { timeout: recorded.id.endsWith("renew-manual-cleanup") ? null : 300 }),
        ...(sandbox?.["metadata"] === undefined ? {} : { metadata: sandbox["metadata"] }),
        ...(EARLIER_POLICIES[recorded.id] === undefined ? {} : { networkPolicy: EARLIER_POLICIES[recorded.id] }),
      },
    }));
}

/** The id that a create step made. */
export function createdId(
  request: { readonly method: string; readonly path: string },
  answer: unknown,
): string | undefined {
  const isCreate = request.method === "POST" && /^(\/v1)?\/sandboxes\/?$/.test(request.path);
  const id =
    isCreate && typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>)["id"] : undefined;
  return typeof id === "string" ? id : undefined;
}

function itemsIn(body: unknown): readonly unknown[] {
  if (typeof body !== "object" || body === null) return [];
  const record = body as Record<string, unknown>;
  return Array.isArray(record["items"]) ? (record["items"] as unknown[]) : [record];
}

function sandboxesIn(body: unknown): Record<string, unknown>[] {
  return itemsIn(body).filter(
    (item): item is Record<string, unknown> =>
      typeof item === "object" && item !== null && "id" in item && "status" in item && !("sandboxId" in item),
  );
}

/** A snapshot that existed before the first recorded step. */
export interface EarlierSnapshot {
  readonly recordedId: string;
  readonly sandboxId: string;
  readonly name: string | undefined;
}

/** Finds the snapshots a case takes for granted, oldest first. */
export function earlierSnapshots(recorded: RecordedCase): readonly EarlierSnapshot[] {
  const created = new Set(recorded.steps.map((step) => createdSnapshotId(step.request, step.decoded?.[0])));
  const shown = new Map<string, { readonly snapshot: EarlierSnapshot; readonly createdAt: string }>();
  for (const step of recorded.steps) {
    for (const value of itemsIn(step.decoded?.[0])) {
      const { id, sandboxId, name, createdAt } = value as Readonly<Record<string, string | undefined>>;
      if (id === undefined || sandboxId === undefined || created.has(id)) continue;
      shown.set(id, { snapshot: { recordedId: id, sandboxId, name }, createdAt: createdAt ?? "" });
    }
  }
  return [...shown.values()]
    .sort((one, other) => one.createdAt.localeCompare(other.createdAt))
    .map(({ snapshot }) => snapshot);
}

/** The id that a step made a snapshot with. */
export function createdSnapshotId(
  request: { readonly method: string; readonly path: string },
  answer: unknown,
): string | undefined {
  const isCreate = request.method === "POST" && /^(\/v1)?\/sandboxes\/[^/]+\/snapshots$/.test(request.path);
  const id =
    isCreate && typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>)["id"] : undefined;
  return typeof id === "string" ? id : undefined;
}
