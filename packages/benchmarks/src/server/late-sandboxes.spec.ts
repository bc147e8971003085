import { describe, expect, it, vi } from "vitest";
import { createLateSandboxes, lateSandboxId } from "./late-sandboxes.js";

describe("createLateSandboxes", () => {
  it("becomes ready after its time and tells how late that was seen", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const late = createLateSandboxes("127.0.0.1:1");
      const id = lateSandboxId(1000, 0);
      const ping = (): string => String(late.answer("GET", `/${id}/ping`)).split("\r\n", 1)[0] ?? "";
      late.answer("GET", `/v1/sandboxes/${id}`);
      expect(ping()).toContain("503");
      vi.advanceTimersByTime(1100);
      expect(ping()).toContain("200");
      expect(late.stats()).toMatchObject({ found: 1, probes: 2, probesInLastSeconds: 1 });
      expect(late.stats().lostShare).toBeCloseTo(0.1);
    } finally {
      vi.useRealTimers();
    }
  });
});
