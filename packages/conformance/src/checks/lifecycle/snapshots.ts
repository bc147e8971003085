import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";
import { awaitState, codeOf, isRefusal, sandboxPath, stateOf, UNKNOWN_ID } from "./sandbox-calls.js";

/** Snapshots (`lifecycle.md` 7). */
export const snapshotChecks = checkTopic(
  { part: "lifecycle", topic: "snapshots", group: "lifecycle", capability: "snapshots" },
  {
    restores: {
      title: "a snapshot becomes Ready, is listed, restores the files of its source, and is gone after its delete",
      clauses: [
        "lifecycle.snapshots.create",
        "lifecycle.snapshots.list",
        "lifecycle.snapshots.get",
        "lifecycle.snapshots.restore",
        "lifecycle.snapshots.delete",
        "L39",
      ],
      depth: "standard",
      async run(context) {
        const { id, execd } = await context.sandbox({ isExclusive: true });
        const nonce = context.random.token();
        await eventRun(execd, "/command", { command: `echo ${nonce} > "$HOME/rx-snapshot"` });
        const accepted = await context.lifecycle.call({
          method: "POST",
          path: sandboxPath(id, "/snapshots"),
          json: { name: `rx-${nonce}` },
          captures: [{ name: "snapshot", from: "json:/id" }],
        });
        const snapshot = String(objectOf(accepted)["id"]);
        context.must(statusOf(accepted) === 202 && objectOf(accepted)["sandboxId"] === id, {
          invariant: "snapshot-is-202",
          expected: 202,
          observed: [statusOf(accepted), textOf(accepted).slice(0, 100)],
        });
        const path = `/v1/snapshots/${snapshot}`;
        const ready = await context.waitUntil(
          () => context.lifecycle.call({ method: "GET", path }),
          (answer) => stateOf(answer) !== "Creating",
          60_000,
        );
        context.must(stateOf(ready) === "Ready", {
          invariant: "becomes-ready",
          expected: "Ready",
          observed: stateOf(ready) ?? null,
        });
        context.must((await awaitState(context, id, ["Running"])) === "Running", {
          invariant: "source-goes-on",
          expected: "Running",
        });
        const listed = objectOf(await context.lifecycle.call({ method: "GET", path: `/v1/snapshots?sandboxId=${id}` }))[
          "items"
        ];
        const ids = (Array.isArray(listed) ? listed : []).map((item: { readonly id?: unknown }) => item.id);
        context.must(ids.length === 1 && ids[0] === snapshot, {
          clause: "lifecycle.snapshots.list",
          invariant: "listed-by-source",
          expected: [snapshot],
          observed: ids,
        });
        const lower = objectOf(
          await context.lifecycle.call({ method: "GET", path: `/v1/snapshots?sandboxId=${id}&state=ready` }),
        )["items"];
        context.observe("L39", Array.isArray(lower) && lower.length > 0 ? "case is ignored" : "case counts");
        await eventRun(execd, "/command", { command: `echo changed > "$HOME/rx-snapshot"` });
        const restored = await context.sandbox({
          isExclusive: true,
          fields: { image: undefined, entrypoint: undefined, snapshotId: snapshot },
        });
        const file = linesOf(
          await eventRun(restored.execd, "/command", { command: `cat "$HOME/rx-snapshot"` }),
          "stdout",
        ).join();
        context.must(file === nonce, {
          clause: "lifecycle.snapshots.restore",
          invariant: "restores-files",
          expected: nonce,
          observed: file,
        });
        context.positive("a new sandbox has the file as it was at the snapshot");
        await context.lifecycle.call({ method: "DELETE", path: sandboxPath(restored.id) });
        const deleted = await context.waitUntil(
          () => context.lifecycle.call({ method: "DELETE", path }),
          (answer) => statusOf(answer) !== 409,
          20_000,
        );
        context.must(statusOf(deleted) === 204, {
          clause: "lifecycle.snapshots.delete",
          invariant: "delete-is-204",
          expected: 204,
          observed: statusOf(deleted),
        });
        const gone = await context.lifecycle.call({ method: "GET", path });
        context.must(statusOf(gone) === 404, {
          clause: "lifecycle.snapshots.delete",
          invariant: "gone-after",
          expected: 404,
          observed: statusOf(gone),
        });
        const again = await context.lifecycle.call({
          method: "POST",
          path: "/v1/sandboxes",
          json: context.createRequest({ image: undefined, entrypoint: undefined, snapshotId: snapshot }),
        });
        context.must(isRefusal(again), {
          clause: "lifecycle.snapshots.delete",
          invariant: "restores-no-more",
          expected: "4xx",
          observed: statusOf(again),
        });
        context.negative("after its delete it is 404 and restores no more");
      },
    },
    unknown: {
      title: "unknown snapshots and sources are 404",
      clauses: ["lifecycle.snapshots.get", "lifecycle.snapshots.unknown-source"],
      async run(context) {
        const listed = await context.lifecycle.call({ method: "GET", path: "/v1/snapshots?pageSize=1" });
        context.must(statusOf(listed) === 200, { invariant: "list-is-200", expected: 200, observed: statusOf(listed) });
        context.positive("the list of snapshots answers");
        const calls = [
          { method: "GET", path: `/v1/snapshots/${UNKNOWN_ID}` },
          { method: "DELETE", path: `/v1/snapshots/${UNKNOWN_ID}` },
          { method: "POST", path: sandboxPath(UNKNOWN_ID, "/snapshots"), json: {} },
        ];
        for (const call of calls) {
          const answer = await context.lifecycle.call(call);
          context.must(statusOf(answer) === 404 && codeOf(answer) !== undefined, {
            invariant: "unknown-is-404",
            expected: 404,
            observed: [call.method, call.path, statusOf(answer)],
          });
        }
        const restored = await context.lifecycle.call({
          method: "POST",
          path: "/v1/sandboxes",
          json: context.createRequest({ image: undefined, snapshotId: UNKNOWN_ID }),
        });
        context.must(statusOf(restored) === 404, {
          clause: "lifecycle.snapshots.unknown-source",
          invariant: "unknown-source-is-404",
          expected: 404,
          observed: statusOf(restored),
        });
        context.negative("four calls with unknown ids are 404");
      },
    },
  },
);
