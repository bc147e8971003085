import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Observable, firstValueFrom } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxError,
  type Access,
  type Client,
  type ExecutionEnd,
  type FollowEvent,
  type FollowToken,
  type LogCursor,
  type Sandbox,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { createCutDispatcher } from "../testing/cut-dispatcher.js";
import { inLanes } from "./in-lanes.js";

/** Commands with real processes: all in CI, few where somebody waits. */
const commands = process.env["CI"] === "true" ? 200 : 20;
const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);
const program = fileURLToPath(new URL("../../fixtures/follow-program.mjs", import.meta.url));

/** Output at once, slowly, without a line end, in characters of several bytes, of both streams, and none. */
const script = fc.constantFrom(
  "seq 1 20000",
  "for i in 1 2 3 4 5 6; do echo tick $i; echo tock $i >&2; sleep 0.1; done; exit 3",
  "printf 'zw\\303'; sleep 0.3; printf '\\266lf'; sleep 0.2; printf '\\360\\237'; sleep 0.2; printf '\\230\\200'",
  "head -c 300000 /dev/urandom",
  "sleep 0.3",
  "seq 1 300; sleep 0.4; seq 301 600; kill -9 $$",
);
const life = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 60_000 }));
const following = fc.record({
  script,
  access: fc.constantFrom<Access>("direct", "proxy"),
  /** Bytes after which the first, second, … connection breaks. */
  lives: fc.array(life, { minLength: 1, maxLength: 4 }),
  /** So many events after which a program ends, and another goes on from its last token. */
  restarts: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
  startsItself: fc.boolean(),
});

interface Followed {
  readonly pieces: readonly Uint8Array[];
  readonly token: FollowToken | undefined;
  readonly end: ExecutionEnd | undefined;
}

/** Follows until the end, or until so many events have come. */
function followed(events: Observable<FollowEvent<"bytes">>, limit: number): Promise<Followed> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let token: FollowToken | undefined;
    let end: ExecutionEnd | undefined;
    let count = 0;
    let isLeft = false;
    const subscription = events.subscribe({
      next: (event) => {
        // Events may still come until the microtask that unsubscribes.
        if (isLeft) return;
        if (event.type !== "reconnecting") ({ token } = event);
        if (event.type === "output") pieces.push(event.bytes);
        if (event.type === "end") ({ end } = event);
        count += 1;
        // `subscription` is not assigned yet when an event comes during subscribe.
        if (count < limit || end !== undefined) return;
        isLeft = true;
        queueMicrotask(() => subscription.unsubscribe());
        resolve({ pieces, token, end });
      },
      error: reject,
      complete: () => resolve({ pieces, token, end }),
    });
  });
}

describe("follow, with real processes", () => {
  let server: ReferenceServer;
  let witness: Client;
  let sandbox: Sandbox;

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false });
    process.stdout.write(`follow, with real processes: seed ${seed}\n`);
    witness = createClient({ domain: server.domain, apiKey: server.apiKey });
    sandbox = await firstValueFrom(witness.create({ image: "host", timeoutSeconds: 3600 }));
  }, 60_000);
  afterAll(async () => {
    await witness?.close();
    await server?.close();
  }, 60_000);

  it(`for ${commands} commands, any cut of any connection and any restart, the output is exactly the log`, async () => {
    const met = { cuts: 0, restarts: 0, lostStarts: 0 };
    const cases = fc.sample(following, { numRuns: commands, seed });
    await inLanes(cases, async ({ script: command, access, lives, restarts, startsItself }) => {
      const cutting = createCutDispatcher();
      const left = [...lives];
      cutting.cutConnectionsAfter(() => left.shift());
      const connect = (): Client =>
        createClient({ domain: server.domain, apiKey: server.apiKey, access, dispatcher: cutting.dispatcher });
      const begin = async (): Promise<FollowToken> => {
        const { id } = await firstValueFrom(sandbox.commands.start(command));
        return { v: 1, sandboxId: sandbox.id, commandId: id, cursor: "0" as LogCursor };
      };
      let token = startsItself ? undefined : await begin();
      const pieces: Uint8Array[] = [];
      let end: ExecutionEnd | undefined;
      for (const limit of [...restarts, Infinity]) {
        const client = connect();
        const box = client.attach(sandbox.id);
        const options = { encoding: "bytes" } as const;
        const events =
          token === undefined
            ? box.commands.follow(command, { ...options, detached: true })
            : box.commands.resume(JSON.parse(JSON.stringify(token)) as FollowToken, options);
        const part = await followed(events, limit).catch(async (error: unknown): Promise<Followed> => {
          // The answer of the start was lost before the id: nothing is started twice.
          if (token !== undefined || !isSandboxError(error, "outcome-unknown")) throw error;
          met.lostStarts += 1;
          return { pieces: [], token: await begin(), end: undefined };
        });
        await client.close();
        pieces.push(...part.pieces);
        token = part.token ?? token;
        ({ end } = part);
        if (end !== undefined) break;
        met.restarts += 1;
      }
      await cutting.close();
      met.cuts += cutting.cuts();
      // The last program's start was lost: the command is followed once more, over connections that live.
      if (end === undefined && token !== undefined) {
        const rest = await followed(sandbox.commands.resume(token, { encoding: "bytes" }), Infinity);
        pieces.push(...rest.pieces);
        ({ end } = rest);
      }
      const log = await firstValueFrom(sandbox.files.readBytes(`/tmp/${token?.commandId ?? ""}.output`));
      expect(Buffer.concat(pieces).equals(log)).toBe(true);
      const { exitCode } = await firstValueFrom(sandbox.commands.getStatus(token?.commandId ?? ""));
      expect(end).toEqual(
        exitCode === -1
          ? { kind: "signalled", signal: "killed", probablyTimedOut: false }
          : { kind: "exited", exitCode },
      );
    });
    process.stdout.write(`follow: ${commands} commands, ${JSON.stringify(met)}\n`);
    expect(met.cuts).toBeGreaterThan(commands / 2);
    expect(met.restarts).toBeGreaterThan(commands / 10);
    expect(met.lostStarts).toBeLessThan(commands / 2);
  }, 900_000);

  it("goes on from its stored token after SIGKILL of the program that follows", async () => {
    const directory = await mkdtemp(join(tmpdir(), "rxsandbox-follow-"));
    const stateFile = join(directory, "state.json");
    const readState = async (): Promise<Record<string, unknown>> =>
      JSON.parse(await readFile(stateFile, "utf8").catch(() => "{}")) as Record<string, unknown>;
    const start = (): ChildProcess =>
      spawn(
        process.execPath,
        [
          program,
          server.domain,
          sandbox.id,
          stateFile,
          "for i in $(seq 1 30); do echo line $i; sleep 0.1; done; exit 7",
        ],
        { stdio: "inherit", env: { ...process.env, OPEN_SANDBOX_API_KEY: server.apiKey } },
      );
    try {
      const first = start();
      await expect.poll(async () => (await readState())["output"], { timeout: 60_000 }).toMatch(/line 3\n/);
      const died = once(first, "exit");
      first.kill("SIGKILL");
      expect(await died).toEqual([null, "SIGKILL"]);
      const atDeath = await readState();
      expect(atDeath["end"]).toBeUndefined();
      expect(await once(start(), "exit")).toEqual([0, null]);
      expect(await readState()).toMatchObject({
        output: Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join(""),
        programs: 2,
        end: { kind: "exited", exitCode: 7 },
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }, 180_000);
});
