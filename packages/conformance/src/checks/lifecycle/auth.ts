import { NotApplicable } from "../../model/outcome.js";
import { headerOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { codeOf, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

const LIST = { method: "GET", path: "/v1/sandboxes?pageSize=1" } as const;

/** Keys and health (`lifecycle.md` 1 and 1.1). */
export const authChecks = checkTopic(
  { part: "lifecycle", topic: "auth", group: "lifecycle", capability: "core" },
  {
    "health-open": {
      title: "health answers 200 without a key, and only health does",
      clauses: ["lifecycle.health.open"],
      async run(context) {
        const health = await context.lifecycle.call({ method: "GET", path: "/health", isAnonymous: true });
        context.must(statusOf(health) === 200, {
          invariant: "health-is-200",
          expected: 200,
          observed: statusOf(health),
        });
        context.positive("health answers");
        const other = await context.lifecycle.call({ method: "GET", path: sandboxPath(UNKNOWN_ID), isAnonymous: true });
        context.must(statusOf(other) === 401 || statusOf(other) === 404, {
          invariant: "only-health",
          expected: [401, 404],
          observed: statusOf(other),
        });
        context.negative(`another path is ${statusOf(other)}`);
      },
    },
    "key-missing": {
      title: "a call without the key is 401, with it 200",
      clauses: ["lifecycle.auth.missing", "lifecycle.auth.before-routing", "L20", "L27"],
      async run(context) {
        if (!context.hasKey) throw new NotApplicable("the subject came without a key");
        const without = await context.lifecycle.call({ ...LIST, isAnonymous: true });
        context.must(statusOf(without) === 401, {
          invariant: "missing-key-is-401",
          expected: 401,
          observed: statusOf(without),
        });
        context.must(codeOf(without) !== undefined, {
          invariant: "refusal-has-code",
          clause: "lifecycle.auth.missing",
          expected: "code and message",
          observed: codeOf(without),
        });
        context.negative("no key is 401");
        const withKey = await context.lifecycle.call(LIST);
        context.must(statusOf(withKey) === 200, {
          invariant: "key-is-200",
          expected: 200,
          observed: statusOf(withKey),
        });
        context.positive("the key is 200");
        const nowhere = await context.lifecycle.call({
          method: "GET",
          path: `/v1/${context.random.token()}`,
          isAnonymous: true,
        });
        context.observe("lifecycle.auth.before-routing", `an unknown path without a key is ${statusOf(nowhere)}`);
        context.observe("L20", `no key is ${statusOf(without)}, not 403`);
        const alike = await context.lifecycle.call({ method: "GET", path: "/healthXYZ", isAnonymous: true });
        context.observe("L27", `a path that begins like the open one is ${statusOf(alike)}`);
      },
    },
    "key-wrong": {
      title: "a call with another key is 401, whatever it looks like",
      clauses: ["lifecycle.auth.wrong"],
      async run(context) {
        if (!context.hasKey) throw new NotApplicable("the subject came without a key");
        for (const key of [context.random.token(32), "x", `${context.random.token(8)} `]) {
          const answer = await context.lifecycle.call({
            ...LIST,
            isAnonymous: true,
            headers: { "OPEN-SANDBOX-API-KEY": key },
          });
          context.must(statusOf(answer) === 401, {
            invariant: "wrong-key-is-401",
            expected: 401,
            observed: statusOf(answer),
          });
        }
        context.negative("three other keys are 401");
        const right = await context.lifecycle.call(LIST);
        context.must(statusOf(right) === 200, { invariant: "key-is-200", expected: 200, observed: statusOf(right) });
        context.positive("the key is 200");
      },
    },
    "request-id": {
      title: "answers carry a request id, errors included",
      clauses: ["lifecycle.request-id.present", "lifecycle.request-id.echo", "L07", "L36"],
      level: "SHOULD",
      async run(context) {
        const answers = [
          await context.lifecycle.call(LIST),
          await context.lifecycle.call({ method: "GET", path: sandboxPath(UNKNOWN_ID) }),
        ];
        const ids = answers.map((answer) => headerOf(answer, "x-request-id"));
        context.must(
          ids.every((id) => id !== undefined && id !== ""),
          { invariant: "has-request-id", expected: "x-request-id on both", observed: ids },
        );
        context.positive("both answers have an id");
        context.must(ids[0] !== ids[1], { invariant: "own-request-id", expected: "two ids", observed: ids });
        context.negative("the ids differ");
        context.observe("L07", /^[0-9a-f]{8}-/.test(ids[0] ?? "") ? "ids are UUIDs" : "ids are no UUIDs");
        const own = context.random.token(20);
        const echoed = await context.lifecycle.call({
          ...LIST,
          headers: { "X-Request-ID": own, Origin: "http://localhost" },
        });
        context.observe(
          "lifecycle.request-id.echo",
          headerOf(echoed, "x-request-id") === own
            ? "an id of the client comes back"
            : "an id of the client is replaced",
        );
        context.observe("L36", `pages may read: ${headerOf(echoed, "access-control-expose-headers") ?? "nothing"}`);
      },
    },
  },
);
