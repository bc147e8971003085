import { describe, expect, it } from "vitest";
import { scriptedExecd } from "../testing/scripted-execd.js";

const { execution } = scriptedExecd({});

describe("commandRequest", () => {
  it.each<[argument: string, options: unknown]>([
    ["timeout", { timeout: 5 }],
    ["cwd", { cwd: "/" }],
    ["background", { background: true }],
    ["detached", { detached: "no" }],
    ["envs", { envs: "A=1" }],
    ["envs", { envs: ["A=1"] }],
    ["options", null],
    ["options", "detached"],
  ])("refuses by name what run does not know: %s of %j", (argument, options) => {
    expect(() => execution.commands.run("x", options as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument", argument }),
    );
  });

  it("keeps what belongs to another call apart", () => {
    expect(() => execution.commands.start("x", { detached: true } as never)).toThrow(
      expect.objectContaining({ argument: "detached" }),
    );
    expect(() => execution.commands.run("x", { highWaterMark: 1 } as never)).toThrow(
      expect.objectContaining({ argument: "highWaterMark" }),
    );
    expect(() => execution.attachSession("s").run("x", { detached: true } as never)).toThrow(
      expect.objectContaining({ argument: "detached" }),
    );
    expect(() => execution.createSession({ envs: {} } as never)).toThrow(expect.objectContaining({ argument: "envs" }));
    expect(() => execution.commands.iterate("x", { highWaterMark: 1, detached: true })).not.toThrow();
    expect(() => execution.commands.run("x", { uid: undefined } as never)).not.toThrow();
  });
});
