import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../../testing/available-drivers.js";
import { type TestServer, testServer } from "../../testing/test-server.js";
import { namespaceObstacle } from "./namespace-driver.js";

describe.each((await availableDrivers()).filter((name) => name === "namespace"))("namespaceDriver", (driver) => {
  let test: TestServer;
  let directory: string;
  let id: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "rx-ns-"));
    mkdirSync(join(directory, "volume"));
    writeFileSync(join(directory, "secret"), "outside");
    test = await testServer({ driver, allowedHostPaths: [directory] });
    const path = join(directory, "volume");
    id = await test.create({
      env: { GREETING: 'it\'s "me" $HOME' },
      volumes: [
        { name: "rw", mountPath: "/rw", host: { path } },
        { name: "ro", mountPath: "/ro", host: { path }, readOnly: true },
      ],
    });
  });
  afterAll(async () => {
    await test.close();
    rmSync(directory, { recursive: true });
  });

  it("shows neither the user's home nor the server's state nor the machine's temporary files", async () => {
    const listing = await test.run(
      id,
      `ls -A ${homedir()} 2>&1 | grep -vxE '\\.\\w+|go' ; ls -A /tmp; cat ${directory}/secret ${test.server.stateDir}/server.json 2>&1`,
    );
    expect(listing).not.toContain("outside");
    expect(listing).not.toContain(test.server.apiKey);
    expect(listing).toContain("No such file or directory");
  });

  it("keeps system directories and its own root from being written, and mounts from being changed", async () => {
    const output = await test.run(
      id,
      "touch /etc/x /usr/x /x /run/rxsandbox/x; mount -o remount,bind,rw /usr; umount /proc; mknod d b 8 0; echo end",
    );
    expect(output.match(/Read-only file system/g)?.length).toBe(4);
    expect(output).toMatch(/mount: .*(denied|permitted)/);
    expect(output).toMatch(/umount: .*(denied|permitted|superuser)/);
    expect(output).toMatch(/mknod: .*not permitted/);
  });

  it("cannot trace or signal its init, which may mount", async () => {
    expect(
      await test.run(
        id,
        "kill -9 1; sleep 0.1; cat /proc/1/environ; ls /proc/1/cwd/ /proc/1/root/; readlink /proc/1/fd/0",
      ),
    ).toMatch(/Permission denied/);
    expect((await test.call("GET", `/v1/sandboxes/${id}`)).text).toContain('"Running"');
  });

  it("sees only its own processes", async () => {
    const pids = (await test.run(id, "ls /proc | grep -cE '^[0-9]+$'")).trim();
    expect(Number(pids)).toBeLessThan(12);
    expect(await test.run(id, `kill -0 ${process.pid}`)).toMatch(/No such process/);
  });

  it("mounts volumes, read-only where asked", async () => {
    expect(await test.run(id, "echo hi > /rw/f; cat /ro/f; touch /ro/g")).toMatch(/^hi\n.*Read-only file system/);
  });

  it("gives commands and the main process the environment of the create request", async () => {
    expect(
      await test.run(id, "printenv GREETING; tr '\\0' '\\n' < /proc/$(pgrep -x tail)/environ | grep ^GREETING"),
    ).toBe('it\'s "me" $HOME\nGREETING=it\'s "me" $HOME\n');
  });

  it("leaves no file with the environment, and no descriptor of its own, to commands and the main process", async () => {
    const output = await test.run(
      id,
      "ls -A /run/rxsandbox; for fd in /proc/$(pgrep -x tail)/fd/* /proc/self/fd/*; do readlink $fd; done",
    );
    expect(output).toMatch(/^e\.sock\n/);
    expect(output).not.toMatch(/socket|deleted|environment/);
  });

  it("works in home, workspace, temporary directory and with devices", async () => {
    const command =
      'cd && pwd && touch a && cd /workspace && touch b && mktemp && echo x > /dev/null && head -c1 /dev/urandom | wc -c && [ -d /dev/shm ] && node -e "console.log(1+1)"';
    expect(await test.run(id, command)).toMatch(/^\/home\/sandbox\n\/tmp\/tmp\.\w+\n1\n2\n$/);
  });
});

describe("namespaceObstacle", () => {
  it("is a reason in words, or nothing", async () => {
    const obstacle = await namespaceObstacle("shared");
    expect(obstacle === undefined || obstacle.length > 0).toBe(true);
  });
});
