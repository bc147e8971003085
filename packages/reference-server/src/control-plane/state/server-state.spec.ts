import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePrivateDirectory, readServerState, removeServerState, writeServerState } from "./server-state.js";

describe("readServerState", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rx-state-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("finds what a live server wrote, in a file for this user only", () => {
    writeServerState(directory, { domain: "127.0.0.1:1", apiKey: "key-of-the-server" });
    expect(readServerState(directory)).toMatchObject({
      domain: "127.0.0.1:1",
      apiKey: "key-of-the-server",
      pid: process.pid,
    });
    expect(statSync(join(directory, "server.json")).mode & 0o777).toBe(0o600);
    removeServerState(directory, "127.0.0.1:2");
    expect(readServerState(directory)).toBeDefined();
    removeServerState(directory, "127.0.0.1:1");
    expect(readServerState(directory)).toBeUndefined();
  });

  it("finds nothing in a file that others can read, of a process that is gone, or of garbage", () => {
    writeServerState(directory, { domain: "127.0.0.1:1", apiKey: "k" });
    chmodSync(join(directory, "server.json"), 0o644);
    expect(readServerState(directory)).toBeUndefined();
    const write = (text: string): void => {
      rmSync(join(directory, "server.json"));
      writeFileSync(join(directory, "server.json"), text, { mode: 0o600 });
    };
    write(JSON.stringify({ domain: "d", apiKey: "k", pid: process.pid, startTime: "another process with this pid" }));
    expect(readServerState(directory)).toBeUndefined();
    write("{");
    expect(readServerState(directory)).toBeUndefined();
  });

  it("refuses a directory that others can enter", () => {
    chmodSync(directory, 0o755);
    expect(() => makePrivateDirectory(directory)).toThrow("0700");
  });
});
