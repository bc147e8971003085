import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { firstValueFrom, lastValueFrom, toArray, type Observable } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  capture,
  createClient,
  isSandboxError,
  stdoutText,
  type Access,
  type CaptureEvent,
  type CapturedExecution,
  type Client,
  type ClientEvent,
  type Sandbox,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { createCutDispatcher, type CutDispatcher } from "../testing/cut-dispatcher.js";
import { inLanes } from "./in-lanes.js";
import { liveProcesses } from "./live-processes.js";

/** Moments of leaving, and cut connections: 24 by default; the release command raises it. */
const cases = Math.ceil(Number(process.env["RXSANDBOX_LIVE_CASES"] ?? 48) / 2);
const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);

async function executionOf(events: Observable<CaptureEvent>): Promise<CapturedExecution> {
  const last = await lastValueFrom(events);
  if (last.type !== "result") expect.fail(`the last event is ${last.type}`);
  return last.execution;
}

describe.each<Access>(["direct", "proxy"])("capture, with real processes, by %s access", (access) => {
  let server: ReferenceServer;
  let client: Client;
  let sandbox: Sandbox;
  /** Looks at the sandbox over connections that live. */
  let witness: Client;
  const failures: ClientEvent[] = [];

  const connect = (cutting?: CutDispatcher): Client =>
    createClient({
      domain: server.domain,
      apiKey: server.apiKey,
      access,
      ...(cutting !== undefined && { dispatcher: cutting.dispatcher }),
      events: { next: (event) => void (event.type === "cleanup-failed" && failures.push(event)) },
    });

  const filesLeft = async (): Promise<string> => {
    const look = witness.attach(sandbox.id).commands.run("ls -d /tmp/rxsandbox-capture-* 2>/dev/null");
    return (await lastValueFrom(look.pipe(stdoutText()))).trim();
  };
  const expectNothingLeft = async (marker?: string): Promise<void> => {
    const left = async (): Promise<string> =>
      `${await filesLeft()}${marker === undefined ? "" : (await liveProcesses(marker)).join()}`;
    await expect.poll(left, { timeout: 15_000, interval: 200 }).toBe("");
  };

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false });
    process.stdout.write(`capture by ${access} access: seed ${seed}\n`);
    witness = createClient({ domain: server.domain, apiKey: server.apiKey, access });
    client = connect();
    sandbox = await firstValueFrom(client.create({ image: "host" }));
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await witness?.close();
    await server?.close();
  }, 60_000);

  it("gives both streams whole and apart, the end of the command itself, and leaves no file", async () => {
    const events = await lastValueFrom(capture(sandbox, "seq 1 200000; echo careful >&2; exit 3").pipe(toArray()));
    expect(events[0]?.type).toBe("started");
    expect(events.some(({ type }) => type === "progress")).toBe(true);
    const last = events.at(-1);
    if (last?.type !== "result") expect.fail("there is no result");
    const { stdout, stderr, end, error, limitReached } = last.execution;
    expect(stdout.text).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(""));
    expect(stderr.text).toBe("careful\n");
    expect([end, limitReached]).toEqual([{ kind: "exited", exitCode: 3 }, false]);
    expect(error).toEqual({ name: "CommandExecError", value: "3", traceback: ["exit status 3"] });
    expect(await filesLeft()).toBe("");
  }, 60_000);

  it.each([
    ["kill -9 $$", { kind: "signalled", signal: "killed" }, ""],
    ["printf 'a\\0b'; exec true", { kind: "exited", exitCode: 0 }, "a\0b"],
    ["echo begun\nif", { kind: "exited" }, "begun\n"],
    ["cat <<'E'\nit's $HOME\nE", { kind: "exited", exitCode: 0 }, "it's $HOME\n"],
    ["echo 1; echo 2 > /dev/stdout; echo 3", { kind: "exited", exitCode: 0 }, "2\n3\n"],
  ])("runs %j in the shell that it would have run in", async (command, end, stdout) => {
    const execution = await executionOf(capture(sandbox, command));
    expect(execution.end).toMatchObject(end);
    expect(execution.stdout.text).toBe(stdout);
  });

  it("runs as another user, whose files no other user can read", async () => {
    const command = "id -u; stat -c %a /proc/$$/fd/1 -L; ls /tmp/rxsandbox-capture-* 2>&1 | grep -c denied";
    const { stdout } = await executionOf(capture(sandbox, command, { uid: 65534, gid: 65534 }));
    expect(stdout.text).toBe("65534\n600\n1\n");
    await expectNothingLeft();
  });

  it("keeps the beginning and the end of more output than it may hold", async () => {
    const { stdout } = await executionOf(capture(sandbox, "seq 1 100000", { maxOutputBytes: 20 }));
    expect(stdout).toEqual({ text: "1\n2\n3\n4\n5\n99\n100000\n", truncated: true, omittedBytes: 588_875 });
  });

  it("interrupts a command with more output than maxBytes, and says so", async () => {
    const { stdout, end, limitReached } = await executionOf(capture(sandbox, "yes", { maxBytes: 1_000_000 }));
    expect(limitReached).toBe(true);
    expect(end.kind).toBe("signalled");
    expect(stdout.truncated).toBe(true);
    expect(stdout.text.length).toBeLessThanOrEqual(1_000_000);
    await expectNothingLeft();
  }, 30_000);

  it("says so when the command has removed the files", async () => {
    const error: unknown = await executionOf(capture(sandbox, "rm -r /tmp/rxsandbox-capture-*")).catch(
      (thrown: unknown) => thrown,
    );
    expect(isSandboxError(error, "execution-failed") && error.message).toContain("files of its output are missing");
  });

  it(`for any of ${cases} moments of leaving, leaves no file and no process`, async () => {
    const base = 700_000 + Math.floor(Math.random() * 100_000);
    const commands = ["seq 1 100000", "echo out; echo err >&2", "while :; do echo x; done"];
    const moments = fc.sample(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: commands.length - 1 })), {
      numRuns: cases,
      seed,
    });
    await inLanes([[0, 0] as const, ...moments], async ([leaveAfterMs, which], index) => {
      const command = `${commands[which]}; sleep ${base}.${index}`;
      const subscription = capture(sandbox, command).subscribe({ error: () => undefined });
      await delay(leaveAfterMs);
      subscription.unsubscribe();
    });
    await expectNothingLeft(`sleep ${base}.`);
    expect(failures).toEqual([]);
  }, 120_000);

  it("leaves no file and no process when its client closes", async () => {
    const marker = `sleep ${600_000 + Math.floor(Math.random() * 90_000)}`;
    const other = connect();
    const box = other.attach(sandbox.id);
    const captures = [0, 20, 100, 300].map((ms) => ({
      ms,
      outcome: lastValueFrom(capture(box, `echo out; ${marker}.${ms}`)).catch((error: unknown) => error),
    }));
    await delay(150);
    await other.close();
    for (const { outcome } of captures) expect(await outcome).toMatchObject({ code: "closed" });
    await expectNothingLeft(marker);
    expect(failures).toEqual([]);
  }, 60_000);

  it(`for any of ${cases} ways to cut connections, gives all output or an error, and leaves no file`, async () => {
    const life = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 60_000 }));
    const lives = fc.sample(fc.array(life, { minLength: 1, maxLength: 6 }), { numRuns: cases, seed });
    const expected = Array.from({ length: 30_000 }, (_, index) => `${index + 1}\n`).join("");
    let whole = 0;
    let unknown = 0;
    let cuts = 0;
    await inLanes(lives, async (life) => {
      const left = [...life];
      const cutting = createCutDispatcher();
      cutting.cutConnectionsAfter(() => left.shift());
      const other = connect(cutting);
      const outcome = await executionOf(capture(other.attach(sandbox.id), "seq 1 30000; sleep 0.2")).catch(
        (error: unknown) => error,
      );
      await other.close();
      await cutting.close();
      cuts += cutting.cuts();
      if (isSandboxError(outcome)) {
        // The answer of the start was lost: it is not repeated.
        expect(outcome.code).toBe("outcome-unknown");
        unknown += 1;
      } else {
        const { stdout, end } = outcome as CapturedExecution;
        expect(stdout.text === expected).toBe(true);
        expect(end).toEqual({ kind: "exited", exitCode: 0 });
        whole += 1;
      }
    });
    process.stdout.write(`capture by ${access} access: ${cuts} cuts, ${whole} whole, ${unknown} with a lost start\n`);
    expect(cuts).toBeGreaterThan(cases / 2);
    expect(whole).toBeGreaterThan(unknown);
    await expectNothingLeft();
    expect(failures).toEqual([]);
  }, 240_000);
});
