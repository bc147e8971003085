import { describe, expect, it } from "vitest";
import { formatBenchCommand, parseBenchCommand, type BenchCommand } from "./bench-command.js";

describe("parseBenchCommand", () => {
  it.each<BenchCommand>([
    { kind: "hold", holdMs: 1000 },
    { kind: "stream", framing: "sse", chunking: "64KiB", blocks: 3 },
    { kind: "segments", everyUs: 50 },
    { kind: "tick", everyMs: 1000 },
    { kind: "started" },
    { kind: "large", bytes: 1024, chunkBytes: 4096 },
  ])("reads back $kind", (command) => {
    expect(parseBenchCommand(formatBenchCommand(command))).toEqual(command);
  });

  it.each([
    "echo hi",
    "stream bare frame",
    "stream csv frame 1",
    "stream bare line 1",
    "hold -1",
    "segments",
    "large 1",
    "",
  ])("does not take %j for its own", (text) => {
    expect(parseBenchCommand(text)).toBeUndefined();
  });
});
