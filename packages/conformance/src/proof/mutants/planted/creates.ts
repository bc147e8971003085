import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, requestJson } from "./altering.js";
import { creates, deletes, lifecycleRoute, lists, objectIn, patches, reads, sandboxOf } from "./lifecycle-routes.js";

const health = lifecycleRoute("GET", /^\/health$/);
const inspections = lifecycleRoute("GET", /\/diagnostics\/inspect$/);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const later = (time: unknown, ms: number): string => new Date(Date.parse(String(time)) + ms).toISOString();
const KEY = "open-sandbox-api-key";

/** Wrong creates, keys and errors of a lifecycle server. */
export const createMutants: readonly ServerMutant[] = [
  always(
    "unknown-sandbox-pending",
    "a sandbox that does not exist reads as Pending",
    "lifecycle/create/reaches-running",
    "lifecycle.create.running/unknown-is-404",
    () =>
      answers(reads, (answer, request) =>
        answer.status === 404
          ? { ...answer, status: 200, body: json({ id: sandboxOf(request), status: { state: "Pending" } }) }
          : answer,
      ),
  ),
  always(
    "create-is-201",
    "create answers 201",
    "lifecycle/create/accepted",
    "lifecycle.create.accepted/create-is-202",
    () => answers(creates, (answer) => (answer.status === 202 ? { ...answer, status: 201 } : answer)),
  ),
  conditional(
    "entrypoint-of-the-image",
    "a sandbox shows a shell instead of its entrypoint",
    "lifecycle/create/echo",
    "lifecycle.create.echo/entrypoint-kept",
    () => answerJson(reads, (body) => (body["entrypoint"] === undefined ? body : { ...body, entrypoint: ["/bin/sh"] })),
  ),
  conditional(
    "env-quotes-lost",
    "quotes in variables of create are lost",
    "lifecycle/create/env",
    "lifecycle.create.env/env-reaches-commands",
    () =>
      requestJson(creates, (body) => {
        const isObject = typeof body["env"] === "object" && !Array.isArray(body["env"]);
        const env = isObject ? Object.entries((body["env"] ?? {}) as Record<string, unknown>) : [];
        return env.length === 0
          ? body
          : {
              ...body,
              env: Object.fromEntries(
                env.map(([name, value]) => [name, typeof value === "string" ? value.replaceAll('"', "") : value]),
              ),
            };
      }),
  ),
  always(
    "expiry-a-day-late",
    "the expiry is a day too late",
    "lifecycle/create/expiry",
    "lifecycle.create.expiry/expiry-is-timeout",
    () =>
      answerJson(creates, (body) =>
        typeof body["expiresAt"] === "string" ? { ...body, expiresAt: later(body["expiresAt"], 86_400_000) } : body,
      ),
  ),
  conditional(
    "manual-renewed",
    "a sandbox without expiry is renewed",
    "lifecycle/create/no-expiry",
    "lifecycle.renew.manual/renew-manual-is-409",
    () =>
      answers(lifecycleRoute("POST", /\/renew-expiration$/), (answer, request) =>
        answer.status === 409 ? { ...answer, status: 200, body: request.body } : answer,
      ),
  ),
  conditional(
    "second-delete-accepted",
    "deleting twice is 204",
    "lifecycle/create/delete-removes",
    "lifecycle.delete.unknown/second-delete-is-404",
    () =>
      answers(deletes, (answer) =>
        answer.status === 404 ? { status: 204, headers: {}, body: Buffer.alloc(0) } : answer,
      ),
  ),
  conditional(
    "entrypoint-by-default",
    "an image without entrypoint waits",
    "lifecycle/create/refused-leaves-nothing",
    "lifecycle.create.entrypoint-required/refused",
    () =>
      requestJson(creates, (body) =>
        body["image"] !== undefined && body["entrypoint"] === undefined
          ? { ...body, entrypoint: ["tail", "-f", "/dev/null"] }
          : body,
      ),
  ),
  conditional(
    "foreign-platform-accepted",
    "a processor that does not exist is ignored",
    "lifecycle/create/refuses-impossible",
    "lifecycle.create.platform/refused",
    () =>
      requestJson(creates, ({ platform, ...body }) =>
        (platform as { readonly arch?: string } | undefined)?.arch === "vax"
          ? body
          : platform === undefined
            ? body
            : { ...body, platform },
      ),
  ),
  conditional(
    "image-password-shown",
    "get shows the credentials of the image",
    "lifecycle/create/hides-image-auth",
    "lifecycle.create.image-auth-hidden/password-shown",
    () => {
      const auths = new Map<unknown, unknown>();
      return {
        answer(answer, request) {
          const body = objectIn(answer.body);
          if (creates(request))
            auths.set(body["id"], (objectIn(request.body)["image"] as { readonly auth?: unknown } | undefined)?.auth);
          const auth = reads(request) && answer.status === 200 ? auths.get(body["id"]) : undefined;
          return auth === undefined ? answer : { ...answer, body: json({ ...body, image: { uri: "any", auth } }) };
        },
      };
    },
  ),
  always(
    "health-needs-key",
    "health needs the key",
    "lifecycle/auth/health-open",
    "lifecycle.health.open/health-is-200",
    () => ({
      request: (request) =>
        health(request) && request.headers[KEY] === undefined
          ? { status: 401, headers: {}, body: json({ code: "MISSING_API_KEY", message: "no key" }) }
          : request,
    }),
  ),
  conditional(
    "list-without-key",
    "the list needs no key",
    "lifecycle/auth/key-missing",
    "lifecycle.auth.missing/missing-key-is-401",
    () => {
      let key: string | undefined;
      return {
        request(request) {
          key ??= request.headers[KEY];
          return lists(request) && request.headers[KEY] === undefined && key !== undefined
            ? { ...request, headers: { ...request.headers, [KEY]: key } }
            : request;
        },
      };
    },
  ),
  conditional(
    "short-key-accepted",
    "a key of one character is any key",
    "lifecycle/auth/key-wrong",
    "lifecycle.auth.wrong/wrong-key-is-401",
    () => {
      let key: string | undefined;
      return {
        request(request) {
          const given = request.headers[KEY] ?? "";
          if (given.length > 16) key ??= given;
          return given.length === 1 && key !== undefined
            ? { ...request, headers: { ...request.headers, [KEY]: key } }
            : request;
        },
      };
    },
  ),
  conditional(
    "patch-error-without-code",
    "a patch of an unknown sandbox is an error without code",
    "lifecycle/errors/not-found",
    "lifecycle.errors.envelope/error-envelope",
    () =>
      answers(patches, (answer) =>
        answer.status === 404 ? { ...answer, body: json({ detail: "Not Found" }) } : answer,
      ),
  ),
  always("invalid-is-422", "an invalid request is 422", "lifecycle/errors/invalid-is-400", "L01/invalid-is-400", () =>
    answers(creates, (answer) =>
      answer.status === 400 && answer.body.includes("INVALID_REQUEST")
        ? { ...answer, status: 422, body: json({ detail: [] }) }
        : answer,
    ),
  ),
  conditional(
    "numbers-in-env-accepted",
    "numbers in variables become texts",
    "lifecycle/errors/refuses-types",
    "lifecycle.create.types/wrong-type-refused",
    () =>
      requestJson(creates, (body) => {
        const { env } = body;
        return typeof env === "object" && env !== null && !Array.isArray(env)
          ? {
              ...body,
              env: Object.fromEntries(
                Object.entries(env).map(([name, value]) => [name, typeof value === "number" ? String(value) : value]),
              ),
            }
          : body;
      }),
  ),
  conditional(
    "cut-body-repaired",
    "a body that lacks its last brace is taken",
    "lifecycle/errors/malformed-json",
    "lifecycle.create.malformed/malformed-refused",
    () => ({
      request: (request) =>
        creates(request) &&
        Object.keys(objectIn(request.body)).length === 0 &&
        Object.keys(objectIn(Buffer.concat([request.body, Buffer.from("}")]))).length > 0
          ? { ...request, body: Buffer.concat([request.body, Buffer.from("}")]) }
          : request,
    }),
  ),
  conditional(
    "error-repeats-env",
    "a refused create repeats its variables",
    "lifecycle/errors/keeps-secrets",
    "L02/secret-in-error",
    () =>
      answers(creates, (answer, request) => {
        const { env } = objectIn(request.body);
        return answer.status >= 400 && env !== undefined
          ? { ...answer, body: json({ ...objectIn(answer.body), input: env }) }
          : answer;
      }),
  ),
  conditional(
    "unknown-snapshot-is-409",
    "creating from an unknown snapshot is a conflict",
    "lifecycle/snapshots/unknown",
    "lifecycle.snapshots.unknown-source/unknown-source-is-404",
    () => answers(creates, (answer) => (answer.status === 404 ? { ...answer, status: 409 } : answer)),
  ),
  conditional(
    "inspect-shows-token",
    "diagnostics print the token of the sidecar",
    "lifecycle/optional/diagnostics-hide-secrets",
    "L25/credential-shown",
    () => {
      let token = "";
      return {
        request: (request) => request,
        answer(answer, request) {
          if (/\/endpoints\/18080/.test(request.path))
            token = Object.values((objectIn(answer.body)["headers"] ?? {}) as Record<string, string>)[0] ?? token;
          return inspections(request)
            ? {
                status: 200,
                headers: { "content-type": "text/plain" },
                body: Buffer.from(`labels: egress-auth=${token}\n`),
              }
            : answer;
        },
      };
    },
  ),
];
