import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { officialSubject } from "../worker/official-subject.js";
import { rawSubject } from "../worker/raw-subject.js";
import { rxsandboxSubject } from "../worker/rxsandbox-subject.js";
import { BENCH_TRANSFER_SANDBOX_ID, startBenchServer, type BenchServer } from "./bench-server.js";
import { temporaryFile } from "../rows/temporary-file.js";

let server: BenchServer;
beforeAll(async () => {
  server = await startBenchServer();
});
afterAll(() => server.close());

describe("startTransferServer", () => {
  it.each([
    ["rxsandbox", rxsandboxSubject],
    ["official", officialSubject("official-iterator")],
    ["raw", rawSubject],
  ])("moves the bytes of %s", async (_name, connect) => {
    const subject = await connect(server.domain, BENCH_TRANSFER_SANDBOX_ID);
    const file = await temporaryFile(3_000_001);
    try {
      expect(await subject.download(2_500_001)).toBe(2_500_001);
      await subject.upload(file.path, 3_000_001);
    } finally {
      await file.remove();
      await subject.close();
    }
  });

  it("refuses an upload that brings less than its path says", async () => {
    const subject = await rxsandboxSubject(server.domain, BENCH_TRANSFER_SANDBOX_ID);
    const file = await temporaryFile(10);
    try {
      await expect(subject.upload(file.path, 1_000_000)).rejects.toThrow();
    } finally {
      await file.remove();
      await subject.close();
    }
  });
});
