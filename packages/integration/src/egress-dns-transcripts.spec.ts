import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { firstValueFrom, lastValueFrom } from "rxjs";
import { createClient, stdoutText } from "@rxsandbox/client";
import { evaluateEgress, type WireEgressPolicy } from "@rxsandbox/protocol";
import { startReferenceServer } from "@rxsandbox/reference-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface DnsStep {
  readonly request: { readonly dns?: string; readonly method?: string; readonly body?: string };
  readonly response: { readonly rcode?: number; readonly status?: number };
}

interface DnsCase {
  readonly id: string;
  readonly steps: readonly DnsStep[];
}

const directory = new URL("../fixtures/transcripts/egress/dns/", import.meta.url);
const cases = readdirSync(directory)
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, directory), "utf8")) as DnsCase);
const NXDOMAIN = 3;
const names = cases.flatMap(({ steps }) => steps.flatMap(({ request: { dns } }) => (dns === undefined ? [] : [dns])));

/** Steps that the embedded server answers otherwise. */
const DIFFERENCES: Readonly<Record<string, { readonly steps: readonly number[]; readonly reason: string }>> = {
  "egress/dns/default-action": {
    steps: [4, 6, 7],
    reason:
      "G06, reference as specified: an unknown default action is refused instead of failing open, and the policy stays as it was",
  },
};

describe("evaluateEgress", () => {
  it.each(cases)("decides every name of $id as the recorded resolver did", ({ steps }) => {
    let policy: WireEgressPolicy = { defaultAction: "deny" };
    for (const { request: asked, response } of steps) {
      if (asked.dns === undefined) policy = JSON.parse(asked.body ?? "") as WireEgressPolicy;
      else
        expect({ name: asked.dns, action: evaluateEgress(policy, asked.dns) }).toEqual({
          name: asked.dns,
          action: response.rcode === NXDOMAIN ? "deny" : "allow",
        });
    }
  });
});

describe("the egress proxy of the embedded server", () => {
  let sink: Server;
  let stop: () => Promise<void>;
  let proxy: URL;
  let setPolicy: (body: string) => Promise<number>;

  beforeAll(async () => {
    sink = createServer((socket) => void socket.on("error", () => undefined).end());
    sink.listen(0, "127.0.0.1");
    await once(sink, "listening");
    const address = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
    const server = await startReferenceServer({
      advertise: false,
      network: "shared",
      upstreams: Object.fromEntries(names.map((name) => [name, address])),
    });
    const client = createClient({ domain: server.domain, apiKey: server.apiKey });
    stop = async () => {
      await client.close();
      await server.close();
      sink.close();
    };
    const sandbox = await firstValueFrom(client.create({ image: "any", networkPolicy: {} }));
    proxy = new URL((await lastValueFrom(sandbox.commands.run('echo "$HTTPS_PROXY"').pipe(stdoutText()))).trim());
    const { url, headers } = await firstValueFrom(sandbox.getEndpoint(18080));
    setPolicy = async (body) => (await fetch(`${url}/policy`, { method: "POST", headers, body })).status;
  }, 60_000);
  afterAll(() => stop());

  /** The status with which the proxy answers a program that asks for a tunnel. */
  async function tunnel(name: string): Promise<number | undefined> {
    const credentials = Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64");
    const asked = request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: `${name}:443`,
      headers: { "proxy-authorization": `Basic ${credentials}` },
    });
    asked.end();
    const [answer, socket] = (await once(asked, "connect")) as [{ readonly statusCode?: number }, { destroy(): void }];
    socket.destroy();
    return answer.statusCode;
  }

  it.each(cases)(
    "lets through what the recorded resolver resolved in $id, but for the listed differences",
    async ({ id, steps }) => {
      const differing: number[] = [];
      for (const [index, { request: asked, response }] of steps.entries()) {
        const isSame =
          asked.dns === undefined
            ? (await setPolicy(asked.body ?? "")) === response.status
            : (await tunnel(asked.dns)) === (response.rcode === NXDOMAIN ? 403 : 200);
        if (!isSame) differing.push(index);
      }
      expect(differing).toEqual(DIFFERENCES[id]?.steps ?? []);
    },
  );
});
