import fc from "fast-check";
import { headerOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { codeOf, isRefusal, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

const JSON_TYPE = { "Content-Type": "application/json" } as const;

/** Requests that no server can accept: what is wrong, and the fields that make it so. */
const spoiled = fc.oneof(
  fc.record({
    what: fc.constant("timeout"),
    fields: fc
      .oneof(fc.integer({ min: -1000, max: 59 }), fc.constantFrom("soon", [], {}, true, 61.5))
      .map((timeout) => ({ timeout })),
  }),
  fc.record({
    what: fc.constant("entrypoint"),
    fields: fc.constantFrom<unknown>("tail", [], 7, { a: 1 }, [7], [null]).map((entrypoint) => ({ entrypoint })),
  }),
  fc.record({
    what: fc.constant("image"),
    fields: fc
      .constantFrom<unknown>("python", {}, { uri: 7 }, { uri: "" }, [], { uri: "a", auth: { username: "u" } })
      .map((image) => ({ image })),
  }),
  fc.record({
    what: fc.constant("resourceLimits"),
    fields: fc.constantFrom<unknown>("1", { cpu: 1 }, [], { cpu: ["1"] }).map((resourceLimits) => ({ resourceLimits })),
  }),
  fc.record({
    what: fc.constant("env"),
    fields: fc.constantFrom<unknown>("A=1", { A: 1 }, ["A=1"], { A: {} }).map((env) => ({ env })),
  }),
  fc.record({
    what: fc.constant("metadata"),
    fields: fc.constantFrom<unknown>("a=b", { a: 1 }, { a: null }, ["a"]).map((metadata) => ({ metadata })),
  }),
  fc.record({
    what: fc.constant("networkPolicy"),
    fields: fc
      .constantFrom<unknown>("deny", [], { egress: "a" }, { egress: [{ action: "allow", target: "" }] })
      .map((networkPolicy) => ({ networkPolicy })),
  }),
);

/** Error answers (`lifecycle.md` 1.1). */
export const errorChecks = checkTopic(
  { part: "lifecycle", topic: "errors", group: "lifecycle", capability: "core" },
  {
    "not-found": {
      title: "an unknown sandbox is 404 with a code and a message, on every route below it",
      clauses: ["lifecycle.errors.not-found", "lifecycle.errors.envelope", "L13"],
      async run(context) {
        const { id } = await context.sandbox();
        const known = await context.lifecycle.call({ method: "GET", path: sandboxPath(id) });
        context.must(statusOf(known) === 200, { invariant: "known-is-200", expected: 200, observed: statusOf(known) });
        context.positive("a known sandbox is 200");
        const calls = [
          { method: "GET", path: sandboxPath(UNKNOWN_ID) },
          { method: "GET", path: sandboxPath("not-an-id") },
          { method: "DELETE", path: sandboxPath(UNKNOWN_ID) },
          { method: "PATCH", path: sandboxPath(UNKNOWN_ID, "/metadata"), json: { a: "b" } },
          { method: "GET", path: sandboxPath(UNKNOWN_ID, "/endpoints/8080") },
        ];
        for (const call of calls) {
          const answer = await context.lifecycle.call(call);
          context.must(statusOf(answer) === 404, {
            invariant: "unknown-is-404",
            expected: 404,
            observed: [call.method, call.path, statusOf(answer)],
          });
          context.must(codeOf(answer) !== undefined, {
            invariant: "error-envelope",
            clause: "lifecycle.errors.envelope",
            expected: "an object with code and message",
            observed: textOf(answer).slice(0, 200),
          });
          context.observe("L13", codeOf(answer) ?? "");
        }
        context.negative("unknown ids are 404 on five routes");
      },
    },
    "invalid-is-400": {
      title: "an invalid request is 400 with a code and a message",
      clauses: ["L01", "L43"],
      isProperty: true,
      async run(context) {
        context.must(statusOf(await context.lifecycle.call({ method: "GET", path: "/v1/sandboxes" })) === 200, {
          invariant: "valid-is-200",
        });
        context.positive("a valid request is 200");
        const missing = await context.lifecycle.call({
          method: "POST",
          path: "/v1/sandboxes",
          json: context.createRequest({ entrypoint: undefined }),
        });
        context.observe("L43", `an image without entrypoint is ${statusOf(missing)}`);
        await context.property({
          arbitrary: spoiled,
          runs: { quick: 12, standard: 30, full: 150 },
          classes: ({ what }) => [what],
          test: async ({ what, fields }) => {
            const answer = await context.lifecycle.call({
              method: "POST",
              path: "/v1/sandboxes",
              json: { ...context.createRequest(), ...fields },
            });
            context.must(statusOf(answer) === 400, {
              invariant: "invalid-is-400",
              expected: 400,
              observed: { what, status: statusOf(answer) },
            });
            context.must(codeOf(answer) !== undefined, {
              invariant: "invalid-has-code",
              expected: "an object with code and message",
              observed: textOf(answer).slice(0, 200),
            });
          },
        });
        context.negative("invalid requests are told from valid ones");
      },
    },
    "refuses-types": {
      title: "fields of a wrong type or out of range are refused, and make no sandbox",
      clauses: ["lifecycle.create.types", "L50", "L17"],
      isProperty: true,
      async run(context) {
        const { id } = await context.sandbox();
        context.must(statusOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) })) === 200, {
          invariant: "valid-was-accepted",
        });
        context.positive("the same request without the fault was accepted");
        await context.property({
          arbitrary: spoiled,
          runs: { quick: 12, standard: 40, full: 200 },
          classes: ({ what }) => [what],
          test: async ({ what, fields }) => {
            const answer = await context.lifecycle.call({
              method: "POST",
              path: "/v1/sandboxes",
              json: { ...context.createRequest(), ...fields },
            });
            context.must(isRefusal(answer), {
              invariant: "wrong-type-refused",
              expected: "4xx",
              observed: { what, status: statusOf(answer) },
            });
            context.observe("L50", `create answered ${statusOf(answer)}`);
          },
        });
        context.negative("requests with one wrong field are refused");
      },
    },
    "malformed-json": {
      title: "a body that is not JSON is refused",
      clauses: ["lifecycle.create.malformed"],
      async run(context) {
        const whole = JSON.stringify(context.createRequest());
        context.must(
          statusOf(await context.lifecycle.call({ method: "GET", path: "/v1/sandboxes?pageSize=1" })) === 200,
          { invariant: "valid-is-200" },
        );
        context.positive("a valid request is 200");
        for (const body of [whole.slice(0, -1), "", "[]", "null", "tail", `${whole.slice(0, 20)}\u0000`]) {
          const answer = await context.lifecycle.call({
            method: "POST",
            path: "/v1/sandboxes",
            body,
            headers: JSON_TYPE,
          });
          context.must(isRefusal(answer), {
            invariant: "malformed-refused",
            expected: "4xx",
            observed: { body: body.slice(0, 30), status: statusOf(answer) },
          });
        }
        context.negative("six bodies that are no create request are refused");
      },
    },
    "keeps-secrets": {
      title: "an error answer repeats no secret of its request",
      clauses: ["L02", "L42"],
      async run(context) {
        const secret = `sentinel-${context.random.token(24)}`;
        context.secret(secret);
        const bodies = {
          auth: {
            ...context.createRequest({ image: { uri: "x", auth: { username: "u", password: secret } } }),
            timeout: 1,
          },
          env: { ...context.createRequest({ env: { API_TOKEN: secret } }), entrypoint: [] },
          whole: { ...context.createRequest({ env: { API_TOKEN: secret } }), image: undefined, snapshotId: undefined },
          storage: context.createRequest({
            volumes: [
              {
                name: "data",
                mountPath: "/data",
                ossfs: {
                  bucket: "bucket",
                  endpoint: "http://127.0.0.1:9",
                  accessKeyId: "id",
                  accessKeySecret: secret,
                  version: "9",
                },
              },
            ],
          }),
        };
        for (const [name, json] of Object.entries(bodies)) {
          const answer = await context.lifecycle.call({ method: "POST", path: "/v1/sandboxes", json });
          context.must(statusOf(answer) >= 400, {
            invariant: "refused-at-all",
            expected: "an error",
            observed: { name, status: statusOf(answer) },
          });
          const echoed =
            textOf(answer).includes(secret) || (answer.head?.headers ?? []).some(([, value]) => value.includes(secret));
          context.must(!echoed, {
            invariant: "secret-in-error",
            expected: "no secret of the request",
            observed: `the secret of "${name}" came back`,
          });
          if (name === "storage") context.observe("L42", `a volume of an unknown version is ${statusOf(answer)}`);
        }
        context.negative("four requests with a secret are refused without it");
        const named = await context.lifecycle.call({ method: "GET", path: sandboxPath(UNKNOWN_ID) });
        context.must(codeOf(named) !== undefined, {
          invariant: "errors-have-text",
          expected: "a code",
          observed: textOf(named).slice(0, 100),
        });
        // Where nothing is ever created, refusals say nothing.
        const { id } = await context.sandbox();
        const there = await context.lifecycle.call({ method: "GET", path: sandboxPath(id) });
        context.must(statusOf(there) === 200, {
          invariant: "refused-at-all",
          expected: 200,
          observed: statusOf(there),
        });
        context.positive("error answers do have a text in which a secret could be");
      },
    },
    "unknown-route": {
      title: "unknown routes and wrong methods are errors in the documented form",
      clauses: ["L03", "L04", "lifecycle.slash.redirect", "L48", "lifecycle.json.unknown-fields"],
      level: "SHOULD",
      async run(context) {
        const nowhere = await context.lifecycle.call({ method: "GET", path: `/v1/${context.random.token()}` });
        const wrong = await context.lifecycle.call({ method: "PUT", path: "/v1/sandboxes" });
        context.must(statusOf(nowhere) === 404 && statusOf(wrong) === 405, {
          invariant: "status-of-unknown",
          expected: [404, 405],
          observed: [statusOf(nowhere), statusOf(wrong)],
        });
        context.negative("an unknown route is 404 and a wrong method 405");
        const known = await context.lifecycle.call({ method: "GET", path: "/v1/sandboxes?pageSize=1" });
        context.must(statusOf(known) === 200, { invariant: "known-is-200", expected: 200, observed: statusOf(known) });
        context.positive("the right method is 200");
        const slash = await context.lifecycle.call({ method: "GET", path: "/v1/sandboxes/" });
        context.observe("lifecycle.slash.redirect", `a trailing slash is ${statusOf(slash)}`);
        const bare = await context.lifecycle.call({ method: "GET", path: "/sandboxes?pageSize=1" });
        context.observe("L48", `the route without its version is ${statusOf(bare)}`);
        const extra = await context.lifecycle.call({
          method: "GET",
          path: `/v1/sandboxes?pageSize=1&${context.random.token()}=1`,
        });
        context.observe("lifecycle.json.unknown-fields", `an unknown query field is ${statusOf(extra)}`);
        const huge = await context.lifecycle.call({ method: "GET", path: "/v1/snapshots?page=9223372036854775807" });
        context.should(
          statusOf(huge) < 500 ||
            statusOf(huge) === 501 ||
            (codeOf(huge) !== undefined && headerOf(huge, "x-request-id") !== undefined),
          {
            clause: "L04",
            invariant: "failure-form",
            expected: "the error form with a request id",
            observed: textOf(huge).slice(0, 100),
          },
        );
        context.must(codeOf(nowhere) !== undefined && codeOf(wrong) !== undefined, {
          invariant: "form-of-unknown",
          expected: "code and message",
          observed: [textOf(nowhere).slice(0, 80), textOf(wrong).slice(0, 80)],
        });
      },
    },
  },
);
