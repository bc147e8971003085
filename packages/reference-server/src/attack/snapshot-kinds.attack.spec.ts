import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../testing/available-drivers.js";
import { type TestServer, testServer } from "../testing/test-server.js";

/** Makes one of each kind of file; where it may not make a device there is none. */
const MAKE = `mkdir odd && cd odd && echo kept > file && ln file hard && ln -s /etc/passwd link && ln -s . loop && mkfifo pipe &&
  node -e 'require("net").createServer().listen("socket", () => process.exit())';
  node -e 'const s = require("net").createServer().listen("socket", () => setTimeout(() => process.kill(process.pid, "SIGKILL"), 10))';
  mknod disk b 8 0; mknod null c 1 3; mknod zero c 1 5; chmod 000 file; mkdir closed && chmod 000 closed; ls | wc -l`;

describe.each(await availableDrivers())("a snapshot of pipes, devices, sockets and links (%s driver)", (driver) => {
  let test: TestServer;
  beforeAll(async () => {
    test = await testServer({ driver });
  });
  afterAll(() => test.close());

  it("ends, holds what a file or a link is, and opens nothing else", async () => {
    const id = await test.create();
    expect(Number(await test.run(id, `cd $HOME; ( ${MAKE} ) 2>/dev/null`))).toBeGreaterThanOrEqual(6);
    const made = await test.call("POST", `/v1/sandboxes/${id}/snapshots`, { name: "odd" });
    const { id: snapshot } = JSON.parse(made.text) as { readonly id: string };
    const state = async (): Promise<string> =>
      (JSON.parse((await test.call("GET", `/v1/snapshots/${snapshot}`)).text) as { status: { state: string } }).status
        .state;
    await expect.poll(state, { timeout: 20_000 }).toBe("Ready");
    const restored = await test.create({ image: undefined, snapshotId: snapshot, entrypoint: undefined });
    // Kind, mode and size; the link is still a link.
    const kinds = await test.run(restored, "cd $HOME/odd && stat -c '%n %F' * | sort");
    expect(kinds.trim().split("\n")).toEqual([
      "closed directory",
      "file regular file",
      "hard regular file",
      "link symbolic link",
      "loop symbolic link",
    ]);
    expect(
      await test.run(restored, "cd $HOME/odd && readlink link; stat -c %a file closed; chmod 400 file; cat file"),
    ).toBe("/etc/passwd\n0\n0\nkept\n");
  });
});
