import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "./main.js";
import { recordingTerminal } from "./testing/recording-terminal.js";

describe("main", () => {
  it.each([
    ["an unknown command", ["launch"]],
    ["an unknown option", ["list", "--fast"]],
    ["an invalid port", ["serve", "--port", "70000"]],
    ["an unknown driver", ["serve", "--driver", "vm"]],
    ["too few processes", ["serve", "--max-processes", "63"]],
    ["half a process", ["serve", "--max-processes", "64.5"]],
    ["a negative reserve", ["serve", "--disk-reserve", "-1"]],
    ["a reserve that is not a number", ["serve", "--disk-reserve", "much"]],
    ["a reserve that is nothing", ["serve", "--disk-reserve", ""]],
    ["a tail that is no time", ["serve", "--tail-ms", "-1"]],
    ["a timeout of zero", ["run", "--timeout", "0", "true"]],
    ["a timeout that is not a number", ["run", "--timeout", "soon", "true"]],
    ["an environment entry without a name", ["run", "--env", "=x", "true"]],
    ["a variable that is not set here", ["run", "--env", "NO_SUCH_VARIABLE_HERE", "true"]],
    ["a run without a command", ["run"]],
    ["a follow of nothing", ["follow"]],
    ["a follow without a command", ["follow", "sandbox-1"]],
    ["a follow that goes on and leaves at once", ["follow", "--token", "f", "--detach", "sandbox-1", "true"]],
    ["logs of no command", ["logs", "sandbox-1"]],
    ["no command at all", []],
  ])("answers %s with 64 and says why on standard error", async (_what, args) => {
    const terminal = recordingTerminal();
    expect(await main(args, terminal)).toBe(64);
    expect(terminal.stderr).not.toBe("");
    expect(terminal.stdout).toBe("");
  });

  it.each([["--help"], ["run", "--help"], ["serve", "--help"]])(
    "answers %s %s with 0 on standard output",
    async (...args) => {
      const terminal = recordingTerminal();
      expect(await main(args, terminal)).toBe(0);
      expect(terminal.stdout).toContain("Usage: rxsandbox");
      expect(terminal.stderr).toBe("");
    },
  );

  it("answers --version with the version of the package", async () => {
    const terminal = recordingTerminal();
    expect(await main(["--version"], terminal)).toBe(0);
    expect(terminal.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("names environment variables and exit codes in its help", async () => {
    const terminal = recordingTerminal();
    await main(["--help"], terminal);
    await main(["conformance", "--help"], terminal);
    for (const name of ["OPEN_SANDBOX_DOMAIN", "OPEN_SANDBOX_API_KEY", "EXECD_ACCESS_TOKEN", "130", "inconclusive"])
      expect(terminal.stdout).toContain(name);
  });

  it.each(["localhost:5173", "http://localhost:5173/", "*", "null"])("refuses %s as an origin", async (origin) => {
    const terminal = recordingTerminal();
    expect(await main(["serve", "--allow-origin", origin], terminal)).toBe(64);
    expect(terminal.stderr).toContain("such as http://localhost:5173");
  });

  it("says how to get a server when there is none", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-cli-"));
    const kept = process.env["OPEN_SANDBOX_DOMAIN"];
    delete process.env["OPEN_SANDBOX_DOMAIN"];
    try {
      const terminal = recordingTerminal();
      expect(await main(["run", "--state-dir", stateDir, "true"], terminal)).toBe(64);
      expect(await main(["list", "--state-dir", stateDir], terminal)).toBe(64);
      expect(terminal.stderr).toContain("rxsandbox serve");
    } finally {
      if (kept !== undefined) process.env["OPEN_SANDBOX_DOMAIN"] = kept;
      await rm(stateDir, { recursive: true });
    }
  });
});
