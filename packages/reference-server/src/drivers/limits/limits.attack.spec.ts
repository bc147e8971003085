import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../../testing/available-drivers.js";
import { type TestServer, testServer } from "../../testing/test-server.js";
import { findControlGroups } from "./control-groups.js";

const { controllers } = findControlGroups();
const isRoot = process.getuid?.() === 0;
const MAX_PROCESSES = 80;
/** A machine that is busy with the attack may be slow, but it answers. */
const PATIENCE_MS = 5000;

describe.each(await availableDrivers())("resources of a machine attacked from a sandbox (%s driver)", (driver) => {
  let test: TestServer;
  let other: string;

  beforeAll(async () => {
    test = await testServer({ driver, maxProcesses: MAX_PROCESSES });
    other = await test.create();
  });
  afterAll(() => test.close());

  const statusOf = async (
    id: string,
  ): Promise<{ readonly state: string; readonly reason: string; readonly message: string }> =>
    (
      JSON.parse((await test.call("GET", `/v1/sandboxes/${id}`)).text) as {
        status: { state: string; reason: string; message: string };
      }
    ).status;
  const background = (id: string, command: string): Promise<unknown> =>
    test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command, background: true });
  /**
   * Asks the server and another sandbox while an attack runs, prints how long they took, and fails when one took too
   * long.
   */
  const expectAnswers = async (attack: string): Promise<void> => {
    const times: number[] = [];
    for (let round = 0; round < 10; round++) {
      const startedMs = performance.now();
      expect((await test.call("GET", "/health")).status).toBe(200);
      const betweenMs = performance.now();
      expect(await test.run(other, "echo alive")).toBe("alive\n");
      times.push(betweenMs - startedMs, performance.now() - betweenMs);
    }
    times.sort((a, b) => a - b);
    process.stdout.write(
      `${driver}, ${attack}: median ${(times[10] ?? 0).toFixed(0)} ms, maximum ${(times.at(-1) ?? 0).toFixed(0)} ms\n`,
    );
    expect(times.at(-1)).toBeLessThan(PATIENCE_MS);
  };

  // A bomb without a limit would hurt this machine: it is tried only where one holds, and stops at 200 processes
  // anyway.
  it.runIf(controllers.has("pids") || (driver === "namespace" && !isRoot))(
    "confines a fork bomb",
    { timeout: 60_000 },
    async () => {
      const id = await test.create();
      await background(id, "n=0; while [ $n -lt 200 ]; do sleep 712345 & n=$((n+1)); done 2>/dev/null; wait");
      await expectAnswers("a fork bomb");
      const bombs = execFileSync("sh", ["-c", "ps -axo args= | grep -c '^sleep 71234[5]' || :"], { encoding: "utf8" });
      expect(Number(bombs)).toBeGreaterThan(10);
      expect(Number(bombs)).toBeLessThanOrEqual(MAX_PROCESSES);
      expect((await test.call("DELETE", `/v1/sandboxes/${id}`)).status).toBe(204);
    },
  );

  it.runIf(controllers.has("memory"))("ends what takes more memory than the limit", { timeout: 60_000 }, async () => {
    const id = await test.create({ resourceLimits: { memory: "256Mi" } });
    // It asks for 1 GiB at most.
    const hog = `node -e 'const all = []; for (let i = 0; i < 64; i++) all.push(Buffer.alloc(16 << 20, 1))'; echo "status $?"`;
    const [output] = await Promise.all([test.run(id, hog), expectAnswers("a memory hog")]);
    // Killed, the hog alone: the daemon still tells.
    expect(output).toContain("status 137\n");
    expect(await test.run(other, "echo alive")).toBe("alive\n");
    await test.call("DELETE", `/v1/sandboxes/${id}`);
  });

  it("answers while one sandbox computes on every processor", { timeout: 60_000 }, async () => {
    const id = await test.create();
    await background(id, "for i in $(seq $(nproc)); do timeout 30 sh -c 'while :; do :; done' & done; wait");
    await expectAnswers("a CPU hog");
    await test.call("DELETE", `/v1/sandboxes/${id}`);
  });

  it.runIf(controllers.has("cpu"))(
    "gives a sandbox no more of a processor than it may use",
    { timeout: 60_000 },
    async () => {
      const id = await test.create({ resourceLimits: { cpu: "250m" } });
      await test.run(id, "timeout 2 sh -c 'while :; do :; done'");
      // Measured time would tell little on a busy machine: the kernel counts how often it held the group back.
      const counts = execFileSync("sh", ["-c", `cat $(find /sys/fs/cgroup -path "*-${id}/cpu.stat")`], {
        encoding: "utf8",
      });
      expect(Number(/^nr_throttled (\d+)$/m.exec(counts)?.[1])).toBeGreaterThan(0);
      await test.call("DELETE", `/v1/sandboxes/${id}`);
    },
  );

  it("lets one process open a bounded number of files, and leaves no core file", { timeout: 60_000 }, async () => {
    const id = await test.create();
    const hog = `node -e 'const fs = require("fs"); let n = 0; try { for (; n < 50000; n++) fs.openSync("/dev/null"); } catch (e) { console.log(e.code); }'`;
    expect(await test.run(id, hog)).toBe("EMFILE\n");
    expect(Number(await test.run(id, "ulimit -Hn"))).toBeLessThanOrEqual(16_384);
    expect(await test.run(id, "ulimit -Hc")).toBe("0\n");
    // A crash: the status is that of SIGSEGV, and no file is left.
    const crash = "( sh -c 'kill -SEGV $$'; echo $? ) 2>/dev/null; ls | grep -c '^core'";
    expect(await test.run(id, crash)).toBe("139\n0\n");
    await expectAnswers("a descriptor hog");
    await test.call("DELETE", `/v1/sandboxes/${id}`);
  });

  it("evicts a sandbox whose files take more than its limit, and removes them", { timeout: 60_000 }, async () => {
    const id = await test.create({ resourceLimits: { "ephemeral-storage": "20Mi" } });
    await background(id, "dd if=/dev/zero of=$HOME/fill bs=1M count=200; sleep 60");
    await expectAnswers("a disk filler");
    await poll(async () => (await statusOf(id)).state === "Failed");
    expect(await statusOf(id)).toMatchObject({
      reason: "EVICTED",
      message: expect.stringMatching(
        /^Sandbox was evicted: its files took \d+ MiB of the disk, and its limit of ephemeral-storage is 20 MiB\.$/,
      ) as string,
    });
    const runs = join(test.server.stateDir, "runs");
    await poll(() => !execFileSync("find", [runs, "-name", id], { encoding: "utf8" }).includes(id));
    expect((await statusOf(other)).state).toBe("Running");
    expect((await test.call("DELETE", `/v1/sandboxes/${id}`)).status).toBe(204);
  });

  it.runIf(controllers.size > 0)("leaves no control group behind", async () => {
    const groups = (id: string): string =>
      execFileSync("find", ["/sys/fs/cgroup", "-name", `rxsandbox-*-${id}`], { encoding: "utf8" });
    const id = await test.create();
    expect(groups(id)).not.toBe("");
    expect(await test.run(id, "cat /proc/self/cgroup")).toContain(`-${id}`);
    await test.call("DELETE", `/v1/sandboxes/${id}`);
    expect(groups(id)).toBe("");
  });
});

// A file system of its own: other programs change the free space of the machine's.
describe.runIf(isRoot && process.platform === "linux").each(await availableDrivers())(
  "a disk that fills up (%s driver)",
  (driver) => {
    it("evicts the largest sandbox before the disk is full, and no other", { timeout: 60_000 }, async () => {
      const mount = mkdtempSync(join(tmpdir(), "rx-spec-"));
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256m", "spec", mount]);
      try {
        const test = await testServer({ driver, stateDir: join(mount, "state"), diskReserveBytes: 96 * 2 ** 20 });
        const other = await test.create();
        const id = await test.create();
        await test.run(other, "dd if=/dev/zero of=$HOME/kept bs=1M count=20 2>/dev/null");
        // 100 MB a second, so that the attack does not depend on how fast this machine is.
        await test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, {
          command: "for i in $(seq 1000); do dd if=/dev/zero bs=1M count=10 >> $HOME/fill 2>/dev/null; sleep 0.1; done",
          background: true,
        });
        const stateOf = async (sandbox: string): Promise<string> =>
          (
            JSON.parse((await test.call("GET", `/v1/sandboxes/${sandbox}`)).text) as {
              status: { state: string; reason: string };
            }
          ).status.reason;
        let leastFree = Infinity;
        await poll(async () => {
          leastFree = Math.min(
            leastFree,
            Number(execFileSync("df", ["-k", "--output=avail", mount], { encoding: "utf8" }).split("\n")[1]),
          );
          return (await stateOf(id)) === "EVICTED";
        });
        process.stdout.write(
          `${driver}, least free space of the disk: ${Math.floor(leastFree / 1024)} of 256 MiB, 96 reserved\n`,
        );
        expect(leastFree).toBeGreaterThan(0);
        expect(await test.run(other, "echo more > $HOME/more && cat $HOME/more")).toBe("more\n");
        expect(await stateOf(other)).toBe("CONTAINER_RUNNING");
        await test.close();
      } finally {
        execFileSync("umount", ["-l", mount]);
        rmSync(mount, { recursive: true, force: true });
      }
    });
  },
);

async function poll(holds: () => boolean | Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > 20_000) throw new Error(`not within 20 s: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
