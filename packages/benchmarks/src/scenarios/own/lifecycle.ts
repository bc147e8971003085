import assert from "node:assert/strict";
import { stdoutText } from "@rxsandbox/client";
import { combineLatest, concat, concatMap, forkJoin, map, switchMap, tap } from "rxjs";
import { expectError } from "./expect-error.js";
import { expectValue } from "./expect-value.js";
import type { OwnScenario } from "./own-scenario.js";
import { poll } from "./poll.js";

const EXECD_PORT = 44_772;
const EGRESS_PORT = 18_080;

/** Behaviours 1 to 5 and 8: one sandbox from create to kill. */
export const ownLifecycleScenarios: readonly OwnScenario[] = [
  {
    number: 1,
    name: "create with image, entrypoint, env, metadata, limits and TTL; progress until it is ready",
    run: ({ client }) =>
      client.withSandbox(
        {
          image: { uri: "python:3.11" },
          entrypoint: ["tail", "-f", "/dev/null"],
          env: { GREETING: "hello" },
          metadata: { team: "ml" },
          resource: { cpu: "500m", memory: "256Mi" },
          timeoutSeconds: 300,
          readyTimeoutSeconds: 20,
          healthCheckPollingInterval: 50,
        },
        (sandbox) => expectValue(sandbox.commands.run('echo "$GREETING"').pipe(stdoutText()), "hello\n"),
      ),
  },
  {
    number: 2,
    name: "healthy after create; false, not an error, while paused",
    run: ({ inSandbox }) =>
      inSandbox((sandbox) =>
        concat(expectValue(sandbox.isHealthy(), true), sandbox.pause(), expectValue(sandbox.isHealthy(), false)),
      ),
  },
  {
    number: 3,
    name: "info echoes id, state, entrypoint and metadata; expiry by TTL, default and manual cleanup",
    run: ({ client }) => {
      const infoOf = (options: { timeoutSeconds?: number | null }) =>
        client.withSandbox(
          { image: "python:3.11", entrypoint: ["sleep", "infinity"], metadata: { team: "ml" }, ...options },
          (sandbox) => sandbox.getInfo().pipe(tap(({ id }) => assert.equal(id, sandbox.id))),
        );
      return forkJoin([infoOf({ timeoutSeconds: 120 }), infoOf({ timeoutSeconds: null }), infoOf({})]).pipe(
        tap(([limited, manual, byDefault]) => {
          assert.equal(limited.status.state, "Running");
          assert.deepEqual(limited.entrypoint, ["sleep", "infinity"]);
          assert.deepEqual(limited.metadata, { team: "ml" });
          assertSeconds(Number(limited.expiresAt) - Number(limited.createdAt), 120);
          assert.equal(manual.expiresAt, null);
          assertSeconds(Number(byDefault.expiresAt) - Number(byDefault.createdAt), 600);
        }),
      );
    },
  },
  {
    number: 4,
    name: "endpoints are addresses that name the port, without the tenant key",
    run: ({ client, options }) =>
      client.withSandbox({ image: "python:3.11", networkPolicy: { defaultAction: "allow" } }, (sandbox) =>
        forkJoin(
          [EXECD_PORT, EGRESS_PORT].map((port) =>
            combineLatest([sandbox.getEndpoint(port), sandbox.getEndpointUrl(port)]),
          ),
        ).pipe(
          tap((found) =>
            found.forEach(([endpoint, url], index) => {
              const port = [EXECD_PORT, EGRESS_PORT][index];
              assert.equal(endpoint.url, url);
              assert.match(url, /^http:\/\/[^/]+(:\d+|.*\/\d+$)/);
              if (options.access === "proxy") assert.ok(url.endsWith(`/sandboxes/${sandbox.id}/proxy/${port}`), url);
              assert.ok(!Object.values(endpoint.headers).includes(options.apiKey ?? ""));
            }),
          ),
        ),
      ),
  },
  {
    number: 5,
    name: "renew moves the expiry; connect by id gives an equal handle",
    run: ({ client, inSandbox }) =>
      inSandbox((sandbox) =>
        sandbox.renew(1800).pipe(
          switchMap((expiresAt) => {
            assertSeconds(expiresAt.getTime() - Date.now(), 1800);
            return expectValue(sandbox.getInfo().pipe(map((info) => info.expiresAt)), expiresAt);
          }),
          switchMap(() => client.connect(sandbox.id)),
          switchMap((again) => expectValue(again.commands.run("echo again").pipe(stdoutText()), "again\n")),
        ),
      ),
  },
  {
    number: 8,
    name: "pause reaches Paused, resume gives a handle that works, kill ends it and may be repeated",
    run: ({ inSandbox }) =>
      inSandbox((sandbox) =>
        concat(
          sandbox.commands.run("echo kept > state.txt"),
          sandbox.pause(),
          poll(
            () => sandbox.getInfo(),
            ({ status }) => status.state === "Paused",
          ),
          sandbox.resume().pipe(
            concatMap((resumed) =>
              concat(
                expectValue(resumed.getInfo().pipe(map(({ status }) => status.state)), "Running"),
                expectValue(resumed.commands.run("cat state.txt").pipe(stdoutText()), "kept\n"),
                resumed.kill(),
                resumed.kill(),
                expectError(() => resumed.getInfo(), "not-found"),
              ),
            ),
          ),
        ),
      ),
  },
];

/** Clocks and rounding may cost a few seconds, not more. */
function assertSeconds(ms: number, seconds: number): void {
  assert.ok(Math.abs(ms - seconds * 1000) < 10_000, `${ms} ms is not about ${seconds} s`);
}
