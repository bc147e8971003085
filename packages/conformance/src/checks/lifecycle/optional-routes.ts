import { Unverifiable } from "../../model/outcome.js";
import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { codeOf, sandboxPath } from "./sandbox-calls.js";

/** Routes that a server may lack (`lifecycle.md` 8). */
export const optionalRouteChecks = checkTopic(
  { part: "lifecycle", topic: "optional", group: "lifecycle", capability: "core", depth: "standard", level: "INFO" },
  {
    // 501 is the documented answer of a server without them (`divergences.md` L24).
    diagnostics: {
      title: "diagnostics answer or say that they are not implemented",
      clauses: ["lifecycle.diagnostics.logs", "lifecycle.diagnostics.events", "lifecycle.diagnostics.summary", "L24"],
      async run(context) {
        const { id } = await context.sandbox();
        for (const kind of ["logs", "events", "summary"]) {
          const answer = await context.lifecycle.call({ method: "GET", path: sandboxPath(id, `/diagnostics/${kind}`) });
          context.observe(`lifecycle.diagnostics.${kind}`, `${statusOf(answer)} ${codeOf(answer) ?? ""}`.trim());
          context.must([200, 404, 501].includes(statusOf(answer)), {
            clause: `lifecycle.diagnostics.${kind}`,
            invariant: "answers-or-says-no",
            expected: [200, 404, 501],
            observed: statusOf(answer),
          });
        }
        context.positive("three routes answered");
        const scoped = await context.lifecycle.call({
          method: "GET",
          path: sandboxPath(id, "/diagnostics/logs?scope=container"),
        });
        context.observe("L24", `with a scope: ${statusOf(scoped)}`);
        const other = await context.lifecycle.call({
          method: "GET",
          path: sandboxPath(id, `/diagnostics/${context.random.token()}`),
        });
        context.must(statusOf(other) === 404, {
          invariant: "unknown-kind-is-404",
          expected: 404,
          observed: statusOf(other),
        });
        context.negative("an unknown kind is 404");
      },
    },
    "diagnostics-hide-secrets": {
      title: "diagnostics show no credential of the sandbox",
      clauses: ["L25"],
      level: "MUST",
      async run(context) {
        const guarded = await context.sandbox({ fields: { networkPolicy: { defaultAction: "deny", egress: [] } } });
        const endpoint = objectOf(
          await context.lifecycle.call({ method: "GET", path: sandboxPath(guarded.id, "/endpoints/18080") }),
        );
        const tokens = Object.values((endpoint["headers"] ?? {}) as Record<string, string>);
        for (const token of tokens) context.secret(token);
        if (tokens.length === 0) throw new Unverifiable("the sandbox has no credential to look for");
        context.positive("the sandbox has a credential");
        for (const kind of ["inspect", "summary", "logs", "events"]) {
          const answer = await context.lifecycle.call({
            method: "GET",
            path: sandboxPath(guarded.id, `/diagnostics/${kind}`),
          });
          const shown = tokens.some((token) => textOf(answer).includes(token));
          context.must(!shown, {
            invariant: "credential-shown",
            expected: "no credential",
            observed: `diagnostics/${kind} shows one`,
          });
        }
        const works = await guarded.egress.call({ method: "GET", path: "/policy" });
        context.must(statusOf(works) === 200, {
          invariant: "credential-works",
          expected: 200,
          observed: statusOf(works),
        });
        context.negative("it works, and four routes do not show it");
      },
    },
    pools: {
      title: "pools answer or say that they are not supported",
      clauses: ["lifecycle.pools.absent"],
      async run(context) {
        const name = `rx-${context.random.token()}`;
        const calls = [
          { method: "GET", path: "/v1/pools" },
          { method: "GET", path: `/v1/pools/${name}` },
          { method: "DELETE", path: `/v1/pools/${name}` },
        ];
        for (const call of calls) {
          const answer = await context.lifecycle.call(call);
          context.observe(
            "lifecycle.pools.absent",
            `${call.method} ${call.path.replace(name, "{name}")} is ${statusOf(answer)}`,
          );
          context.must([200, 404, 501].includes(statusOf(answer)), {
            invariant: "answers-or-says-no",
            expected: [200, 404, 501],
            observed: statusOf(answer),
          });
        }
        context.positive("three routes answered");
        const spoiled = await context.lifecycle.call({
          method: "POST",
          path: "/v1/pools",
          json: { name: "Not A Name" },
        });
        context.must(statusOf(spoiled) >= 400, {
          invariant: "bad-pool-refused",
          expected: "an error",
          observed: statusOf(spoiled),
        });
        context.negative("a pool that cannot be is refused");
      },
    },
    telemetry: {
      title: "telemetry is taken or unknown",
      clauses: ["L37"],
      async run(context) {
        const answer = await context.lifecycle.call({
          method: "POST",
          path: "/v1/metrics/events",
          json: { eventType: "sandbox.create", createDurationMs: 1, success: true },
        });
        context.observe("L37", `it is ${statusOf(answer)}`);
        context.must(statusOf(answer) === 204 || statusOf(answer) === 404, {
          invariant: "taken-or-unknown",
          expected: [204, 404],
          observed: statusOf(answer),
        });
        context.positive("the route answered");
        const other = await context.lifecycle.call({
          method: "POST",
          path: `/v1/metrics/${context.random.token()}`,
          json: {},
        });
        context.must(statusOf(other) === 404, {
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(other),
        });
        context.negative("another route is 404");
      },
    },
    "busy-create": {
      title: "what other calls do while a create runs is observed",
      clauses: ["L34"],
      depth: "full",
      async run(context) {
        const create = context.lifecycle.call({
          method: "POST",
          path: "/v1/sandboxes",
          json: context.createRequest({ timeout: 120 }),
          captures: [{ name: "sandbox", from: "json:/id" }],
        });
        const begin = Date.now();
        const health = await context.lifecycle.call({ method: "GET", path: "/health" });
        const answered = Date.now() - begin;
        const made = objectOf(await create)["id"];
        context.observe(
          "L34",
          answered > (Date.now() - begin) / 2 ? "health waits for the create" : "health answers meanwhile",
        );
        context.must(statusOf(health) === 200, {
          invariant: "health-is-200",
          expected: 200,
          observed: statusOf(health),
        });
        context.positive("health answered");
        context.must(typeof made === "string", { invariant: "created", expected: "an id", observed: made ?? null });
        context.negative("and the create made its sandbox");
        context.defer(sandboxPath(String(made)), () =>
          context.lifecycle.call({ method: "DELETE", path: sandboxPath(String(made)) }),
        );
      },
    },
  },
);
