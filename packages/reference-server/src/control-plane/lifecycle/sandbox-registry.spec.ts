import { describe, expect, it } from "vitest";
import type { SandboxDriver, SandboxHandle } from "../../drivers/sandbox-driver.js";
import { HttpProblem, problem } from "../http/http-problem.js";
import { type ReferenceServerOptions, resolveOptions } from "../server-options.js";
import { ManualClock } from "../../testing/manual-clock.js";
import { REMOVED } from "../requests/create-request.js";
import { type SandboxRecord, stateOf, wireSandbox } from "./sandbox-record.js";
import { sandboxRegistry } from "./sandbox-registry.js";

const REQUEST = { image: { uri: "any" }, entrypoint: ["run"], resourceLimits: {} };

function setUp(options: ReferenceServerOptions = {}) {
  const clock = new ManualClock();
  const log: string[] = [];
  const removed: string[] = [];
  let endMain: (code: number) => void = () => {};
  let finishKill: () => void = () => {};
  const handle: SandboxHandle = {
    socketPath: "/none",
    exited: new Promise((resolve) => (endMain = resolve)),
    failed: new Promise(() => {}),
    pause: async () => void log.push("pause"),
    resume: async () => void log.push("resume"),
    kill: () => {
      log.push("kill");
      return new Promise((resolve) => (finishKill = resolve));
    },
  };
  let start = (): Promise<SandboxHandle> => Promise.resolve(handle);
  const driver: SandboxDriver = {
    name: "process",
    network: "shared",
    isolates: [],
    doesNotIsolate: [],
    contents: ["home"],
    skipped: [],
    start: () => start(),
    close: async () => {},
  };
  const registry = sandboxRegistry({
    options: resolveOptions({ stateDir: "/none", clock, ...options }),
    driver,
    run: {
      id: "run",
      directory: "/none",
      directoryOf: () => "/none",
      forSandbox: () => ({ directory: "/none", socketDirectory: "/none" }),
      removeSandbox: (id) => void removed.push(id),
      remove: () => {},
    },
    snapshots: {
      claim: (id) => {
        if (id !== "kept") throw problem(404, "SNAPSHOT::NOT_FOUND", "");
        log.push("claim");
        return { restore: async () => void log.push("restore"), release: () => void log.push("release") };
      },
    },
    createSidecar: () => {
      throw new Error("unknown action");
    },
    openPassage: () => Promise.resolve(undefined),
  });
  return {
    clock,
    log,
    removed,
    registry,
    endMain: (code: number) => endMain(code),
    finishKill: () => finishKill(),
    failStart: () => (start = () => Promise.reject(new Error("no room"))),
  };
}

async function codeOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error instanceof HttpProblem ? [error.status, (error.body as { readonly code?: string }).code] : error;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const secondsLeft = (record: SandboxRecord, clock: ManualClock): number =>
  ((record.expiresAtMs ?? 0) - clock.now()) / 1000;

describe("sandboxRegistry", () => {
  it("shows a sandbox that is being removed as failed with 137, refuses a second removal, then forgets it", async () => {
    const { registry, finishKill, removed } = setUp();
    const { id } = await registry.create(REQUEST);
    const removal = registry.remove(id);
    expect(wireSandbox(registry.get(id)).status).toMatchObject({
      state: "Failed",
      message: "Sandbox container exited with code 137.",
    });
    expect(await codeOf(() => registry.remove(id))).toEqual([500, "DOCKER::SANDBOX_DELETE_FAILED"]);
    finishKill();
    await removal;
    expect(removed).toEqual([id]);
    expect(await codeOf(() => registry.get(id))).toEqual([404, "DOCKER::SANDBOX_NOT_FOUND"]);
  });

  it("removes a sandbox when its time is over, also a paused one, and not before", async () => {
    const { registry, clock, log, finishKill } = setUp();
    const { id } = await registry.create({ ...REQUEST, timeout: 60 });
    await registry.pause(id);
    clock.advance(59_999);
    expect(stateOf(registry.get(id))).toBe("Paused");
    clock.advance(1);
    finishKill();
    await settled();
    expect(log).toEqual(["pause", "kill"]);
    expect(registry.all()).toEqual([]);
  });

  it("follows a renewal in either direction", async () => {
    const { registry, clock } = setUp();
    const record = await registry.create({ ...REQUEST, timeout: 60 });
    registry.renew(record.id, clock.now() + 3_600_000);
    clock.advance(120_000);
    expect(stateOf(record)).toBe("Running");
    registry.renew(record.id, clock.now() + 1000);
    clock.advance(1000);
    expect(record.phase.kind).toBe("removing");
  });

  it("refuses to shorten a life in profile spec, and to renew what has no end", async () => {
    const { registry, clock } = setUp({ profile: "spec" });
    const limited = await registry.create({ ...REQUEST, timeout: 60 });
    const unlimited = await registry.create(REQUEST);
    expect(await codeOf(() => registry.renew(limited.id, clock.now() + 1000))).toEqual([
      400,
      "DOCKER::EXPIRATION_NOT_EXTENDED",
    ]);
    expect(await codeOf(() => registry.renew(unlimited.id, clock.now() + 1000))).toEqual([
      409,
      "DOCKER::INVALID_EXPIRATION",
    ]);
    expect(await codeOf(() => registry.renew(limited.id, Number.NaN))).toEqual([400, "DOCKER::INVALID_EXPIRATION"]);
  });

  it("applies the server's maximum to create and to renewal", async () => {
    const { registry, clock } = setUp({ maxTimeoutSeconds: 100 });
    expect(await codeOf(() => registry.create({ ...REQUEST, timeout: 101 }))).toEqual([
      400,
      "SANDBOX::INVALID_PARAMETER",
    ]);
    const { id } = await registry.create({ ...REQUEST, timeout: 100 });
    expect(await codeOf(() => registry.renew(id, clock.now() + 101_000))).toEqual([400, "SANDBOX::INVALID_PARAMETER"]);
  });

  it("prolongs a life by access, once a minute and never backwards", async () => {
    const { registry, clock } = setUp();
    const record = await registry.create({
      ...REQUEST,
      timeout: 60,
      extensions: { "access.renew.extend.seconds": "300" },
    });
    registry.noteAccess(record);
    expect(secondsLeft(record, clock)).toBe(300);
    clock.advance(59_000);
    registry.noteAccess(record);
    expect(secondsLeft(record, clock)).toBe(241);
    clock.advance(1000);
    registry.noteAccess(record);
    expect(secondsLeft(record, clock)).toBe(300);
    registry.renew(record.id, clock.now() + 3_600_000);
    clock.advance(60_000);
    registry.noteAccess(record);
    expect(secondsLeft(record, clock)).toBe(3540);
  });

  it("ends everything when the main process ends, and keeps the sandbox with its code", async () => {
    const { registry, endMain, log } = setUp();
    const record = await registry.create(REQUEST);
    endMain(3);
    await settled();
    expect(stateOf(record)).toBe("Failed");
    expect(log).toEqual(["kill"]);
    expect(await codeOf(() => registry.pause(record.id))).toEqual([409, "DOCKER::SANDBOX_NOT_RUNNING"]);
  });

  it("refuses a second pause with 409, and with the recorded 500 as a fault", async () => {
    const plain = setUp();
    const first = await plain.registry.create(REQUEST);
    await plain.registry.pause(first.id);
    expect(await codeOf(() => plain.registry.pause(first.id))).toEqual([409, "DOCKER::SANDBOX_NOT_RUNNING"]);
    const faulty = setUp({ faults: ["pause-paused-500"] });
    const second = await faulty.registry.create(REQUEST);
    await faulty.registry.pause(second.id);
    expect(await codeOf(() => faulty.registry.pause(second.id))).toEqual([500, "DOCKER::SANDBOX_PAUSE_FAILED"]);
  });

  it("keeps a removed metadata key removed", async () => {
    const { registry } = setUp();
    const { id } = await registry.create({ ...REQUEST, metadata: { team: "ml", keep: "1" } });
    registry.patchMetadata(id, { team: REMOVED });
    expect(registry.patchMetadata(id, { other: "x" }).metadata).toEqual({ keep: "1", other: "x" });
  });

  it("leaves nothing of a create that failed", async () => {
    const { registry, failStart, removed } = setUp();
    expect(await codeOf(() => registry.create({ ...REQUEST, networkPolicy: {} }))).toEqual([
      500,
      "DOCKER::SANDBOX_START_FAILED",
    ]);
    failStart();
    expect(await codeOf(() => registry.create(REQUEST))).toEqual([500, "DOCKER::SANDBOX_START_FAILED"]);
    expect(removed.length).toBe(1);
    expect(registry.all()).toEqual([]);
  });

  it("stops a sandbox for a snapshot, shows it paused and lets nobody else resume it", async () => {
    const { registry, log } = setUp();
    const record = await registry.create(REQUEST);
    const source = await registry.holdForSnapshot(record.id);
    expect(stateOf(record)).toBe("Paused");
    expect(await codeOf(() => registry.resume(record.id))).toEqual([409, "DOCKER::SANDBOX_NOT_PAUSED"]);
    expect(await codeOf(() => registry.holdForSnapshot(record.id))).toEqual([409, "SNAPSHOT::INVALID_SOURCE_STATE"]);
    expect(await source.release()).toBe(true);
    expect(stateOf(record)).toBe("Running");
    expect(log).toEqual(["pause", "resume"]);
  });

  it("says that a sandbox did not stand still when it was removed meanwhile", async () => {
    const { registry, log } = setUp();
    const { id } = await registry.create(REQUEST);
    const source = await registry.holdForSnapshot(id);
    void registry.remove(id);
    expect(await source.release()).toBe(false);
    expect(log).toEqual(["pause", "kill"]);
  });

  it("holds a snapshot from the restore until the sandbox is gone, or until the create has failed", async () => {
    const { registry, log, finishKill, failStart } = setUp();
    const restore = { resourceLimits: {}, snapshotId: "kept" };
    expect(await codeOf(() => registry.create({ ...restore, snapshotId: "none" }))).toEqual([
      404,
      "SNAPSHOT::NOT_FOUND",
    ]);
    const record = await registry.create(restore);
    expect([record.snapshotId, record.entrypoint, log]).toEqual([
      "kept",
      ["tail", "-f", "/dev/null"],
      ["claim", "restore"],
    ]);
    const removal = registry.remove(record.id);
    finishKill();
    await removal;
    expect(log).toEqual(["claim", "restore", "kill", "release"]);
    failStart();
    expect(await codeOf(() => registry.create(restore))).toEqual([500, "DOCKER::SANDBOX_START_FAILED"]);
    expect(log.slice(4)).toEqual(["claim", "restore", "release"]);
  });

  it("ends what is being created when it closes", async () => {
    const { registry, log, finishKill } = setUp();
    const creating = registry.create(REQUEST);
    const closing = registry.close();
    await creating;
    await settled();
    finishKill();
    await closing;
    expect(log).toEqual(["kill"]);
    expect(registry.all()).toEqual([]);
    expect(await codeOf(() => registry.create(REQUEST))).toEqual([503, "DOCKER::INITIALIZATION_ERROR"]);
  });
});
