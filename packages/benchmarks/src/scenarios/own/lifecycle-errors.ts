import assert from "node:assert/strict";
import { ReadyTimeoutError, createClient, exitCode, stdoutText, type ListFilter } from "@rxsandbox/client";
import { concat, forkJoin, from, map, switchMap, tap, toArray, using } from "rxjs";
import { expectError } from "./expect-error.js";
import { expectValue } from "./expect-value.js";
import type { OwnScenario } from "./own-scenario.js";

const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

/** Behaviours 6, 7, 9 and 10: what goes wrong, and sandboxes by id. */
export const ownLifecycleErrorScenarios: readonly OwnScenario[] = [
  {
    number: 6,
    name: "a readiness timeout tells sandbox, probes, waiting time and the last cause; the sandbox is gone",
    run: ({ client }) =>
      expectError(
        () =>
          client.create({
            image: "python:3.11",
            healthCheck: () => false,
            readyTimeoutSeconds: 1,
            healthCheckPollingInterval: 100,
          }),
        "ready-timeout",
      ).pipe(
        switchMap((error) => {
          assert.ok(error instanceof ReadyTimeoutError);
          assert.ok(error.probes > 1 && error.waitedMs >= 1000);
          assert.match(String((error.cause as Error).message), /returned false/);
          return expectError(() => client.sandboxes.getInfo(error.sandboxId), "not-found");
        }),
      ),
  },
  {
    number: 7,
    name: "sandboxes are listed by state and metadata, patched, and unknown ids are errors",
    run: ({ client }) => {
      const { sandboxes } = client;
      const run = `run-${Math.random().toString(36).slice(2, 10)}`;
      const ids = (filter: ListFilter) =>
        sandboxes.listAll(filter).pipe(
          map(({ id }) => id),
          toArray(),
          map((found) => [...found].sort()),
        );
      return client.withSandbox({ image: "python:3.11", metadata: { run, team: "ml" } }, (first) =>
        client.withSandbox({ image: "python:3.11", metadata: { run, team: "ui" } }, (second) => {
          const both = [first.id, second.id].sort();
          const unknown = [
            () => sandboxes.getInfo(UNKNOWN_ID),
            () => sandboxes.pause(UNKNOWN_ID),
            () => sandboxes.resume(UNKNOWN_ID),
            () => sandboxes.kill(UNKNOWN_ID),
            () => sandboxes.renew(UNKNOWN_ID, 300),
          ];
          return concat(
            second.pause(),
            expectValue(ids({ metadata: { run } }), both),
            expectValue(ids({ metadata: { run }, states: ["Running", "Paused"] }), both),
            expectValue(ids({ metadata: { run }, states: ["Paused"] }), [second.id]),
            expectValue(ids({ metadata: { run, team: "ml" } }), [first.id]),
            expectValue(ids({ metadata: { run, team: "ops" } }), []),
            sandboxes
              .list({ metadata: { run }, pageSize: 1 })
              .pipe(
                tap(({ items, pagination }) =>
                  assert.deepEqual([items.length, pagination.totalItems, pagination.hasNextPage], [1, 2, true]),
                ),
              ),
            expectValue(first.patchMetadata({ team: null, stage: "2" }).pipe(map(({ metadata }) => metadata)), {
              run,
              stage: "2",
            }),
            expectValue(first.getInfo().pipe(map(({ metadata }) => metadata)), { run, stage: "2" }),
            sandboxes.resume(second.id),
            sandboxes.renew(second.id, 300),
            sandboxes.kill(second.id),
            expectValue(ids({ metadata: { run } }), [first.id]),
            forkJoin(unknown.map((call) => expectError(call, "not-found"))).pipe(
              tap((errors) =>
                errors.forEach(({ status, serverCode }) =>
                  assert.ok(status === 404 && serverCode?.endsWith("SANDBOX_NOT_FOUND")),
                ),
              ),
            ),
          );
        }),
      );
    },
  },
  {
    number: 9,
    name: "a caller's X-Request-ID appears on the error",
    run: ({ options }) =>
      using(
        () => {
          const client = createClient({ ...options, headers: { "X-Request-ID": "caller-4711" } });
          return { client, unsubscribe: () => void client.close() };
        },
        (resource) => {
          const { client } = resource as unknown as { readonly client: ReturnType<typeof createClient> };
          return expectError(() => client.sandboxes.getInfo(UNKNOWN_ID), "not-found").pipe(
            tap(({ requestId }) => assert.equal(requestId, "caller-4711")),
          );
        },
      ),
  },
  {
    number: 10,
    name: "a volume has exactly one backend and an absolute host path; a named one is shared and can be read-only",
    run: ({ client }) => {
      const mountPath = "/mnt/data";
      const create = (volume: object) => () =>
        client.create({ image: "python:3.11", volumes: [{ name: "v", mountPath, ...volume }] });
      const pvc = { claimName: `claim-${Math.random().toString(36).slice(2, 10)}`, deleteOnSandboxTermination: true };
      const refused = from([{}, { host: { path: "/data" }, pvc }, { host: { path: "data" } }]).pipe(
        switchMap((volume) => expectError(create(volume), "invalid-argument")),
      );
      const shared = client.withSandbox(
        { image: "python:3.11", volumes: [{ name: "data", mountPath, pvc }] },
        (writer) =>
          concat(
            expectValue(
              writer.commands.run(`mkdir -p ${mountPath}/sub && echo shared > ${mountPath}/sub/a.txt`).pipe(exitCode()),
              0,
            ),
            client.withSandbox(
              { image: "python:3.11", volumes: [{ name: "data", mountPath, pvc, readOnly: true, subPath: "sub" }] },
              (reader) =>
                concat(
                  expectValue(reader.commands.run(`cat ${mountPath}/a.txt`).pipe(stdoutText()), "shared\n"),
                  reader.commands.run(`echo no > ${mountPath}/b.txt`).pipe(
                    exitCode(),
                    tap((code) => assert.notEqual(code, 0)),
                  ),
                ),
            ),
          ),
      );
      return concat(refused, shared);
    },
  },
];
