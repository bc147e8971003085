import { describe, expect, it } from "vitest";
import { readLimits } from "./sandbox-limits.js";

describe("readLimits", () => {
  it("reads quantities in the notation of Kubernetes", () => {
    expect(readLimits({ cpu: "500m", memory: "512Mi", "ephemeral-storage": "1.5G" }, 7)).toEqual({
      processes: 7,
      cpus: 0.5,
      memoryBytes: 512 * 2 ** 20,
      storageBytes: 1_500_000_000,
    });
    expect(readLimits({ cpu: "2", memory: "1Gi" }, 7)).toEqual({ processes: 7, cpus: 2, memoryBytes: 2 ** 30 });
  });

  it.each(["", "lots", "-1", "0", "1 Gi", "1KiB", "0x10", "9".repeat(400), "999999P", "1e3", "Infinity"])(
    "takes %j for no limit",
    (text) => {
      expect(readLimits({ cpu: text, memory: text, "ephemeral-storage": text, disk: "1Gi" }, 7)).toEqual({
        processes: 7,
      });
    },
  );

  it("leaves the daemon what it needs to live", () => {
    expect(readLimits({ cpu: "1m", memory: "1Ki" }, 7)).toEqual({
      processes: 7,
      cpus: 0.01,
      memoryBytes: 128 * 2 ** 20,
    });
  });
});
