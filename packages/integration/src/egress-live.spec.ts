import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { firstValueFrom, lastValueFrom, type Observable } from "rxjs";
import { createClient, toExecution, type Client, type Sandbox } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const SECRET = "s3cret-live-value";

describe.skipIf(!hasCurl).each(["auto", "shared"] as const)(
  "egress of a live sandbox, network %s",
  (network) => {
    let origin: Server;
    let server: ReferenceServer;
    let client: Client;

    beforeAll(async () => {
      origin = createServer((request, response) =>
        response.end(
          `auth ${request.headers.authorization ?? "none"} key ${String(request.headers["x-api-key"] ?? "none")}`,
        ),
      );
      origin.listen(0, "127.0.0.1");
      await once(origin, "listening");
      const address = `127.0.0.1:${(origin.address() as AddressInfo).port}`;
      server = await startReferenceServer({
        advertise: false,
        network,
        upstreams: { "api.example.com": address, "free.example.com": address },
      });
      client = createClient({ domain: server.domain, apiKey: server.apiKey });
    });
    afterAll(async () => {
      await client.close();
      await server.close();
      origin.close();
    });

    async function curl(
      sandbox: Sandbox,
      url: string,
    ): Promise<{ readonly exitCode: number | null; readonly text: string }> {
      const { end, stdout } = await lastValueFrom(sandbox.commands.run(`curl -s -m 20 ${url}`).pipe(toExecution()));
      return { exitCode: end.kind === "exited" ? end.exitCode : null, text: stdout.text.trim() };
    }
    const done = <T>(call: Observable<T>): Promise<T> => lastValueFrom(call);
    const withSandbox = (options: object, test: (sandbox: Sandbox) => Promise<void>): Promise<void> =>
      lastValueFrom(client.withSandbox({ image: "any", ...options }, test));

    it("lets commands reach what the policy allows, and fails them for all else, as the policy changes", async () => {
      await withSandbox(
        { networkPolicy: { egress: [{ action: "allow", target: "api.example.com" }] } },
        async (sandbox) => {
          expect(await curl(sandbox, "http://api.example.com/")).toMatchObject({
            exitCode: 0,
            text: "auth none key none",
          });
          for (const url of ["http://free.example.com/", "https://free.example.com/", "-I http://free.example.com/"])
            expect((await curl(sandbox, url)).exitCode).toBeGreaterThan(0);

          await done(sandbox.patchEgressRules([{ action: "allow", target: "FREE.example.com" }]));
          expect(await curl(sandbox, "http://free.example.com/")).toMatchObject({ exitCode: 0 });
          await done(sandbox.deleteEgressRules(["free.example.com", "api.example.com"]));
          expect((await curl(sandbox, "http://api.example.com/")).exitCode).toBeGreaterThan(0);
          expect(await firstValueFrom(sandbox.watchEgressPolicy())).toEqual({ defaultAction: "deny", egress: [] });
        },
      );
    });

    it("keeps the sandbox's own services reachable under deny-all, and the machine's only where the network is shared", async () => {
      await withSandbox({ networkPolicy: {} }, async (sandbox) => {
        const { port } = origin.address() as AddressInfo;
        const service = `node -e 'require("http").createServer((_, answer) => answer.end("inside")).listen(0, "127.0.0.1", function () { require("fs").writeFileSync("port", String(this.address().port)) })'`;
        await done(sandbox.commands.start(service));
        const own = await done(
          sandbox.commands
            .run("for i in $(seq 100); do test -s port && break; sleep 0.05; done; cat port")
            .pipe(toExecution()),
        );
        for (const host of ["127.0.0.1", "localhost"]) {
          expect(await curl(sandbox, `http://${host}:${own.stdout.text.trim()}/`)).toEqual({
            exitCode: 0,
            text: "inside",
          });
          expect((await curl(sandbox, `http://${host}:${port}/`)).exitCode === 0).toBe(
            server.driver.network === "shared",
          );
        }
      });
    });

    it("puts credentials into live requests as the vault changes; commands never see them", async () => {
      const networkPolicy = { egress: [{ action: "allow" as const, target: "api.example.com" }] };
      await withSandbox({ networkPolicy, credentialProxy: { enabled: true } }, async (sandbox) => {
        const vault = sandbox.credentialVault;
        const match = { schemes: ["http" as const], ports: [80], hosts: ["api.example.com"] };
        const state = await done(
          vault.create({
            credentials: [{ name: "t", source: { value: SECRET } }],
            bindings: [{ name: "b", match, auth: { type: "bearer", credential: "t" } }],
          }),
        );
        expect(state).toMatchObject({
          revision: 1,
          credentials: [{ name: "t", revision: 1 }],
          bindings: [{ name: "b", auth: { type: "bearer" } }],
        });
        expect((await curl(sandbox, "http://api.example.com/")).text).toBe(`auth Bearer ${SECRET} key none`);

        await done(
          vault.patch({ expectedRevision: 1, credentials: { replace: [{ name: "t", source: { value: "second" } }] } }),
        );
        expect((await curl(sandbox, "http://api.example.com/")).text).toBe("auth Bearer second key none");
        await done(
          vault.patch({
            expectedRevision: 2,
            bindings: { replace: [{ name: "b", match, auth: { type: "apiKey", name: "x-api-key", credential: "t" } }] },
          }),
        );
        expect((await curl(sandbox, "http://api.example.com/")).text).toBe("auth none key second");
        expect(await done(vault.listBindings())).toMatchObject([
          { name: "b", revision: 3, auth: { type: "apiKey", name: "X-Api-Key" } },
        ]);
        await expect(done(vault.patch({ expectedRevision: 1 }))).rejects.toMatchObject({
          code: "conflict",
          expectedRevision: 1,
          currentRevision: 3,
        });
        // A policy that would take the host away from the binding is refused.
        await expect(done(sandbox.deleteEgressRules(["api.example.com"]))).rejects.toMatchObject({
          code: "invalid-request",
          status: 400,
        });

        expect(
          (await lastValueFrom(sandbox.commands.run("env; cat /proc/*/environ 2>/dev/null").pipe(toExecution()))).stdout
            .text,
        ).not.toContain("second");
        await done(vault.delete());
        expect((await curl(sandbox, "http://api.example.com/")).text).toBe("auth none key none");
        await expect(done(vault.get())).rejects.toMatchObject({ code: "not-found" });
      });
    });

    it("no longer sends what a write took away when the write emits, and may do so when told not to wait", async () => {
      const networkPolicy = { egress: [{ action: "allow" as const, target: "api.example.com" }] };
      const match = { schemes: ["http" as const], ports: [80], hosts: ["api.example.com"] };
      await withSandbox({ networkPolicy, credentialProxy: { enabled: true } }, async (sandbox) => {
        const vault = sandbox.credentialVault;
        const sent = async (): Promise<string> =>
          (await curl(sandbox, "http://api.example.com/")).text.replace(/ key none$/, "");
        await done(
          vault.create({
            credentials: [{ name: "t", source: { value: "first" } }],
            bindings: [{ name: "b", match, auth: { type: "bearer", credential: "t" } }],
          }),
        );
        expect(await sent()).toBe("auth Bearer first");

        // A machine under load may take longer than the sidecar's cache lasts: then the try says nothing.
        const isStale = async (value: string): Promise<boolean> => {
          await sent();
          await done(vault.patch({ credentials: { replace: [{ name: "t", source: { value } }] } }, { settleMs: 0 }));
          return (await sent()) !== `auth Bearer ${value}`;
        };
        let tries = 0;
        while (++tries <= 10 && !(await isStale(`at once ${tries}`)));
        expect(tries).toBeLessThanOrEqual(10);

        await done(vault.patch({ credentials: { replace: [{ name: "t", source: { value: "last" } }] } }));
        expect(await sent()).toBe("auth Bearer last");
        await done(vault.delete());
        expect(await sent()).toBe("auth none");
      });
    });

    it("says what a sandbox lacks for a vault, or for a policy", async () => {
      await withSandbox({ networkPolicy: {} }, async (sandbox) => {
        await expect(done(sandbox.credentialVault.create({}))).rejects.toMatchObject({
          code: "unsupported",
          status: 412,
          message: expect.stringContaining("credentialProxy: { enabled: true }") as string,
        });
      });
      await withSandbox({}, async (sandbox) => {
        await expect(done(sandbox.getEgressPolicy())).rejects.toMatchObject({
          status: 502,
          message: expect.stringMatching(/created without networkPolicy/) as string,
        });
      });
    });
  },
  60_000,
);
