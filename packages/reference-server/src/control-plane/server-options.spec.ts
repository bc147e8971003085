import { describe, expect, it } from "vitest";
import { type ReferenceServerOptions, resolveOptions } from "./server-options.js";

describe("resolveOptions", () => {
  it.each<[name: keyof ReferenceServerOptions, value: unknown]>([
    ["port", 65_536],
    ["port", -1],
    ["directPort", 1.5],
    ["tailMs", -1],
    ["vaultCacheMs", Number.NaN],
    ["maxProcesses", 63],
    ["maxProcesses", 64.5],
    ["maxProcesses", Infinity],
    ["maxProcesses", Number.NaN],
    ["maxProcesses", "1024"],
    ["diskReserveBytes", -1],
    ["diskReserveBytes", Number.NaN],
    ["diskReserveBytes", "much"],
    ["apiKey", "short"],
    ["apiKey", "sixteen letters "],
    ["stateDir", "relative"],
    ["upstreams", { "a.example": "not an address" }],
    ["allowedHostPaths", ["relative"]],
    ["allowedOrigins", ["null"]],
    ["faults", ["none-such"]],
  ])("refuses %s: %j and names it", (name, value) => {
    expect(() => resolveOptions({ stateDir: "/state", [name]: value })).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: expect.stringContaining(`option ${name}:`) as string,
      }),
    );
  });

  it("keeps what is at the edge of its range", () => {
    const edge = { stateDir: "/state", maxProcesses: 64, diskReserveBytes: 0, port: 65_535, tailMs: 0 };
    expect(resolveOptions(edge)).toMatchObject(edge);
    expect(resolveOptions({ stateDir: "/state" })).toMatchObject({ maxProcesses: 1024 });
    expect(resolveOptions({ stateDir: "/state" })).not.toHaveProperty("diskReserveBytes");
  });
});
