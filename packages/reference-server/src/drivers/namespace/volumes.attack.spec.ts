import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planVolumes } from "../../control-plane/lifecycle/volume-plan.js";
import { availableDrivers } from "../../testing/available-drivers.js";
import { type TestServer, testServer } from "../../testing/test-server.js";
import { namespaceDriver } from "./namespace-driver.js";

const RACES = 40;

/** Runs in a sandbox: exchanges the directory `sub` of its volume for a link, and back, every few milliseconds. */
const EXCHANGER = `
const { mkdirSync, renameSync, rmSync, symlinkSync } = require("node:fs");
const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 12);
process.chdir("/volume");
const exchange = (name, other) => { renameSync("sub", other); renameSync(name, "sub"); };
const begin = () => {
  for (const name of ["sub", "real", "link"]) rmSync(name, { recursive: true, force: true });
  mkdirSync("sub");
  symlinkSync(process.argv[1], "link");
};
begin();
for (const end = Date.now() + 60000; Date.now() < end; ) {
  try { exchange("link", "real"); wait(); exchange("real", "link"); wait(); } catch { begin(); }
}`;

describe.each((await availableDrivers()).filter((name) => name === "namespace"))(
  "%s driver attacked through volumes",
  (driver) => {
    let directory: string;
    let outside: string;
    let test: TestServer;
    beforeEach(async () => {
      directory = realpathSync(mkdtempSync(join(tmpdir(), "rx-volume-attack-")));
      outside = join(directory, "outside");
      mkdirSync(outside);
      writeFileSync(join(outside, "secret"), "of the host");
      mkdirSync(join(directory, "allowed/volume/sub"), { recursive: true });
      test = await testServer({ driver, allowedHostPaths: [join(directory, "allowed")] });
    });
    afterEach(async () => {
      await test.close();
      rmSync(directory, { recursive: true });
    });
    const host = (): { readonly path: string } => ({ path: join(directory, "allowed/volume") });

    it("mounts no directory that was exchanged for a link after its check", async () => {
      const sources = { allowedHostPaths: [join(directory, "allowed")], namedVolumes: join(directory, "named") };
      const { volumes } = planVolumes([{ name: "v", mountPath: "/v", host: host(), subPath: "sub" }], sources);
      renameSync(join(directory, "allowed/volume/sub"), join(directory, "allowed/volume/real"));
      symlinkSync(outside, join(directory, "allowed/volume/sub"));
      const socketDirectory = mkdtempSync(join(tmpdir(), "rx-va-"));
      mkdirSync(join(directory, "sandbox"));
      try {
        const started = namespaceDriver({ network: "shared", stateDirectory: join(directory, "state") }).start({
          id: "attacked",
          directory: join(directory, "sandbox"),
          socketDirectory,
          entrypoint: ["sh", "-c", "cat /v/secret > /workspace/stolen; sleep 300"],
          env: {},
          volumes,
          limits: { processes: 1024 },
          worker: { tailMs: 0, pollMs: 100, pingMs: 3000, framing: "sse", resultTextKey: "text", faults: [] } as never,
        });
        // Where the walls fail the sandbox must not be left behind.
        await started.then(
          (handle) => handle.kill(),
          () => {},
        );
        await expect(started).rejects.toThrow(
          /volume 'v' was not mounted: its directory was moved or replaced by a link/,
        );
      } finally {
        rmSync(socketDirectory, { recursive: true, force: true });
      }
    });

    it(
      `mounts nothing of the host in ${RACES} races against a sandbox that exchanges the directory`,
      { timeout: 90_000 },
      async () => {
        const attacker = await test.create({ volumes: [{ name: "v", mountPath: "/volume", host: host() }] });
        const attack = await test.call("POST", `/v1/sandboxes/${attacker}/proxy/44772/command`, {
          command: `node -e '${EXCHANGER}' ${outside}`,
          background: true,
        });
        expect(attack.status).toBe(200);
        let stolenAt: number | undefined;
        let started = 0;
        for (let race = 1; race <= RACES && stolenAt === undefined; race++) {
          const id = await test
            .create({ volumes: [{ name: "v", mountPath: "/v", host: host(), subPath: "sub" }] })
            .catch(() => undefined);
          if (id === undefined) continue;
          started += 1;
          if ((await test.run(id, "cat /v/secret")).includes("of the host")) stolenAt = race;
          await test.call("DELETE", `/v1/sandboxes/${id}`);
        }
        process.stdout.write(
          `${RACES} races, ${started} sandboxes started, host directory mounted at race ${stolenAt ?? "none"}\n`,
        );
        expect(stolenAt).toBeUndefined();
      },
    );

    it("makes no directory on the host through a link in a restored home", async () => {
      const id = await test.create();
      await test.run(id, `ln -s ${outside} ~/link; ln -s /workspace ~/inner`);
      const snapshot = JSON.parse((await test.call("POST", `/v1/sandboxes/${id}/snapshots`)).text) as {
        readonly id: string;
      };
      await expect.poll(async () => (await test.call("GET", `/v1/snapshots/${snapshot.id}`)).text).toContain('"Ready"');
      const restore = (mountPath: string): Promise<{ readonly status: number; readonly text: string }> =>
        test.call("POST", "/v1/sandboxes", {
          snapshotId: snapshot.id,
          entrypoint: ["tail", "-f", "/dev/null"],
          resourceLimits: {},
          timeout: 300,
          volumes: [{ name: "v", mountPath, host: host() }],
        });
      const answers = [await restore("/home/sandbox/link/made"), await restore("/home/sandbox/inner/made")];
      expect(existsSync(join(outside, "made"))).toBe(false);
      for (const answer of answers)
        expect([answer.status, answer.text]).toEqual([
          500,
          expect.stringContaining("volume 'v' was not mounted: its mount path leads through"),
        ]);
      expect((await restore("/home/sandbox/plain/made")).status).toBe(202);
    });
  },
);
