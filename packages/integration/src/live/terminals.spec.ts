import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { concatMap, firstValueFrom, lastValueFrom, map, materialize, scan, take, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, terminalText, type Client, type Sandbox, type TerminalOutput } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";

/** A relay that breaks WebSocket connections after so many bytes of the server, in turn; others pass. */
class CuttingRelay {
  readonly server: Server;
  /** Of the connections to come; none when empty. */
  cuts: number[] = [];
  broken = 0;

  constructor(port: number) {
    this.server = createServer((client) => this.#join(client, connect(port, "127.0.0.1")));
  }

  #join(client: Socket, server: Socket): void {
    let left = Infinity;
    for (const socket of [client, server]) socket.on("error", () => socket.destroy());
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
    client.on("data", (bytes) => {
      if (/^upgrade: websocket/im.test(bytes.toString("latin1"))) left = this.cuts.shift() ?? Infinity;
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (bytes.length < left) {
        left -= bytes.length;
        client.write(bytes);
        return;
      }
      this.broken += 1;
      client.write(bytes.subarray(0, left), () => client.destroy());
      server.destroy();
      left = Infinity;
    });
  }
}

describe("terminals, with real shells", () => {
  let server: ReferenceServer;
  let relay: CuttingRelay;
  let client: Client;
  let direct: Client;
  let sandbox: Sandbox;

  beforeAll(async () => {
    const reserved = createServer();
    await new Promise<void>((resolve) => reserved.listen(0, "127.0.0.1", resolve));
    const { port } = reserved.address() as AddressInfo;
    await new Promise((resolve) => reserved.close(resolve));
    server = await startReferenceServer({ port: 0, allowRoot: true, allowedHosts: [`127.0.0.1:${port}`] });
    relay = new CuttingRelay(Number(server.domain.split(":")[1]));
    await new Promise<void>((resolve) => relay.server.listen(port, "127.0.0.1", resolve));
    client = createClient({ domain: `127.0.0.1:${port}`, apiKey: server.apiKey, access: "proxy" });
    direct = createClient({ domain: server.domain, apiKey: server.apiKey });
    sandbox = await firstValueFrom(client.create({ image: "host" }));
  });

  afterAll(async () => {
    await client?.close();
    await direct?.close();
    await server?.close();
    await new Promise((resolve) => relay.server.close(resolve));
  });

  it("resumes without gap or repeat wherever the connection breaks", { timeout: 120_000 }, async () => {
    let broken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 200, max: 6000 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom("pty" as const, "pipe" as const),
        async (cuts, mode) => {
          relay.cuts = [...cuts];
          const before = relay.broken;
          // The shell outlives every wait for another connection.
          const script =
            "stty -echo 2>/dev/null; for i in $(seq 1 40); do seq $i 100; sleep 0.05; done; sleep 1; exit 5\n";
          const items = await lastValueFrom(
            sandbox.terminals.withTerminal({ mode }, (terminal) => {
              terminal.input.next(script);
              return terminal.output.pipe(
                toArray(),
                map((all) => ({ all, offset: terminal.offset })),
              );
            }),
          );
          broken += relay.broken - before;
          let at = 0;
          for (const item of items.all) {
            expect([item.type, item.offset]).toEqual(["output", at]);
            at += (item as Extract<TerminalOutput, { type: "output" }>).bytes.length;
          }
          expect(at).toBe(items.offset);
          const text = Buffer.concat(items.all.map((item) => (item.type === "output" ? item.bytes : new Uint8Array(0))))
            .toString()
            .replaceAll("\r", "");
          const wanted = Array.from({ length: 40 }, (_, first) =>
            Array.from({ length: 100 - first }, (_, index) => `${first + 1 + index}\n`).join(""),
          ).join("");
          expect(text.includes(wanted)).toBe(true);
        },
      ),
      { numRuns: 6 },
    );
    expect(broken).toBeGreaterThan(5);
  });

  it("serves a terminal at the direct endpoint, with a size, input and an exit", async () => {
    const own = await firstValueFrom(direct.connect(sandbox.id));
    const outcome = await lastValueFrom(
      own.terminals.withTerminal({ cols: 100, rows: 33 }, (terminal) => {
        // The size goes out before the input that waits.
        terminal.input.next("stty size; exit 3\n");
        return terminal.output.pipe(
          terminalText(),
          scan((all, part) => all + part, ""),
          toArray(),
          concatMap((texts) => terminal.exit.pipe(map((code) => ({ text: texts.at(-1) ?? "", code })))),
        );
      }),
    );
    expect(outcome.code).toBe(3);
    expect(outcome.text).toContain("33 100\r\n");
  });

  it.each(["proxy", "direct"])("tells a conflict, a takeover and a missing session (%s)", async (access) => {
    const own = access === "proxy" ? sandbox : await firstValueFrom(direct.connect(sandbox.id));
    const first = await firstValueFrom(own.terminals.create());
    const ended = lastValueFrom(first.output.pipe(materialize()));
    await firstValueFrom(first.output.pipe(take(1)));
    const second = await firstValueFrom(own.terminals.attach(first.id));
    await expect(lastValueFrom(second.output)).rejects.toMatchObject({
      code: "conflict",
      serverCode: "ALREADY_CONNECTED",
      status: 409,
    });
    const third = await firstValueFrom(own.terminals.attach(first.id, { takeover: true }));
    const exit = lastValueFrom(third.exit);
    expect(await ended).toMatchObject({ kind: "E", error: { code: "conflict", serverCode: "TAKEN_OVER" } });
    await lastValueFrom(own.terminals.delete(first.id));
    expect(await exit).toBe(-1);
    await expect(lastValueFrom(own.terminals.get(first.id))).rejects.toMatchObject({ code: "not-found" });
    await expect(lastValueFrom(second.output)).rejects.toMatchObject({
      code: "not-found",
      serverCode: "CONTEXT_NOT_FOUND",
    });
  });

  it("measures the machine, once and as a stream", { timeout: 20_000 }, async () => {
    const [once, ...watched] = await Promise.all([
      firstValueFrom(sandbox.getMetrics()),
      ...(await lastValueFrom(sandbox.watchMetrics().pipe(take(2), toArray()))),
    ]);
    for (const metrics of [once, ...watched]) {
      expect(metrics.cpuCount).toBeGreaterThan(0);
      expect(metrics.cpuUsedPercentage).toBeGreaterThanOrEqual(0);
      expect(metrics.memoryUsedMiB).toBeLessThanOrEqual(metrics.memoryTotalMiB);
      expect(Math.abs(metrics.timestamp - Date.now())).toBeLessThan(60_000);
    }
    expect(watched.length).toBe(2);
  });
});
