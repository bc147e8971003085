import { concatMap, firstValueFrom, lastValueFrom, map, of, range, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, stdoutText, toExecution, type Client, type Sandbox } from "@rxsandbox/client";
import { createExecution } from "@rxsandbox/execution";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import {
  createApi,
  createFetchTransport,
  createRedactor,
  createScope,
  type Endpoint,
  type Transport,
} from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { createUndiciTransport } from "@rxsandbox/transport-undici";

/** 60 by default; the release command makes 2,000 of them. */
const runs = 2 * Number(process.env["RXSANDBOX_LIVE_CASES"] ?? 30);

type Runner = Pick<Sandbox, "code" | "withSession">;

/** Counts in one session, run by run, and gives what each printed. */
function countInSession({ withSession }: Runner, count: number): Promise<readonly string[]> {
  return lastValueFrom(
    withSession({}, (session) =>
      range(0, count).pipe(
        concatMap(() => session.run("export n=$((n + 1)); echo $n").pipe(stdoutText())),
        map((text) => text.trim()),
        toArray(),
      ),
    ),
  );
}

/** Counts in one context, run by run, and gives the result of each. */
function countInContext({ code }: Runner, count: number): Promise<readonly string[]> {
  return lastValueFrom(
    code.withContext({ language: "javascript" }, (context) =>
      range(0, count).pipe(
        concatMap(() => code.run("globalThis.n = (globalThis.n ?? 0) + 1", { context }).pipe(toExecution())),
        map(({ results }) => results[0]?.text ?? "no result"),
        toArray(),
      ),
    ),
  );
}

/** What they give when no run is lost and none runs twice. */
const counted = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => String(n + 1));

describe("runs at a daemon that loses what comes through its own proxy on connections that stay open", () => {
  const closers: (() => Promise<unknown>)[] = [];

  async function startServer(hasRoot: boolean): Promise<ReferenceServer> {
    const server = await startReferenceServer({
      port: 0,
      allowRoot: true,
      advertise: false,
      faults: ["proxied-run-lost", ...(hasRoot ? [] : (["no-daemon-root"] as const))],
    });
    closers.unshift(() => server.close());
    return server;
  }

  async function attach({ domain, apiKey }: ReferenceServer, transport?: Transport): Promise<Sandbox> {
    const client: Client = createClient({ domain, apiKey, ...(transport !== undefined && { transport }) });
    closers.unshift(() => client.close(), ...(transport === undefined ? [] : [() => transport.close()]));
    return firstValueFrom(client.create({ image: "host" }));
  }

  let rooted: ReferenceServer;
  let rootless: ReferenceServer;

  beforeAll(async () => {
    rooted = await startServer(true);
    rootless = await startServer(false);
  }, 60_000);

  afterAll(async () => {
    for (const close of closers) await close();
  });

  it(`loses none of ${runs} session runs and ${runs} runs of code at the root, even where connections cannot be closed`, async () => {
    const sandbox = await attach(rooted, createFetchTransport());
    expect(await countInSession(sandbox, runs)).toEqual(counted(runs));
    expect(await countInContext(sandbox, runs)).toEqual(counted(runs));
  }, 600_000);

  it(`loses none of ${runs} session runs and ${runs} runs of code without a root, on connections of their own`, async () => {
    const sandbox = await attach(rootless);
    expect(await countInSession(sandbox, runs)).toEqual(counted(runs));
    expect(await countInContext(sandbox, runs)).toEqual(counted(runs));
  }, 600_000);

  it("errors unsupported without a root where connections cannot be closed", async () => {
    const sandbox = await attach(rootless, createFetchTransport());
    await expect(countInSession(sandbox, 1)).rejects.toMatchObject({ code: "unsupported" });
    await expect(countInContext(sandbox, 1)).rejects.toMatchObject({ code: "unsupported" });
  });

  it("loses them where neither is done, and reports each as truncated", async () => {
    const sandbox = await attach(rootless);
    const { url } = await firstValueFrom(sandbox.getEndpoint(44_772));
    const transport = createUndiciTransport();
    closers.unshift(() => transport.close());
    // An address of which the client does not know that it is a proxy of the daemon's.
    const endpoint: Endpoint = { url, headers: {}, access: "proxy" };
    const api = createApi({
      transport,
      target: () => of(endpoint),
      requestTimeoutMs: 30_000,
      redact: createRedactor([]),
    });
    const execution = createExecution(
      createConnection({ api, scope: createScope(), capabilities: transport.capabilities }),
    );
    const session = await firstValueFrom(execution.createSession());
    await expect(lastValueFrom(session.run("echo 1"))).rejects.toMatchObject({ code: "stream-truncated" });
    await expect(lastValueFrom(execution.code.run("1", { language: "javascript" }))).rejects.toMatchObject({
      code: "stream-truncated",
    });
  });
});
