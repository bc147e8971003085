import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, execdRoute, frames } from "./altering.js";

const done = { status: 200, headers: {}, body: Buffer.alloc(0) } as const;

/** Daemons whose health, metrics, proxy or token is wrong in one way. */
export const daemonMutants: readonly ServerMutant[] = [
  always(
    "unknown-route-as-200",
    "an unknown route is 200",
    "execd/daemon/ping",
    "execd.routes.unknown/unknown-is-404",
    () =>
      answers(
        ({ part, path }) => part === "execd" && /^\/[a-z0-9]{12}$/.test(path),
        (answer) => (answer.status === 404 ? done : answer),
      ),
  ),
  always(
    "errors-as-text",
    "refusals are plain text",
    "execd/daemon/errors",
    "execd.errors.envelope/code-and-message",
    () =>
      answers(
        ({ part }) => part === "execd",
        (answer) =>
          answer.status >= 400
            ? { status: answer.status, headers: { "content-type": "text/plain" }, body: Buffer.from("refused") }
            : answer,
      ),
  ),
  always(
    "memory-used-above-total",
    "more memory is used than there is",
    "execd/daemon/metrics",
    "execd.metrics.shape/within-bounds",
    () =>
      answerJson(execdRoute("GET", /^\/metrics$/), (json) => ({
        ...json,
        mem_used_mib: Number(json["mem_total_mib"]) * 2,
      })),
  ),
  conditional(
    "metrics-frozen",
    "metrics are those of the first reading",
    "execd/daemon/metrics",
    "execd.metrics.shape/time-moves",
    () => {
      let first: Record<string, unknown> | undefined;
      return answerJson(execdRoute("GET", /^\/metrics$/), (json) => (first ??= json));
    },
  ),
  conditional(
    "metrics-watched-once",
    "watched metrics come once",
    "execd/daemon/metrics-watch",
    "execd.metrics.watch/comes-again",
    () =>
      frames(execdRoute("GET", /^\/metrics\/watch/), async function* (stream) {
        for await (const frame of stream) {
          yield frame;
          yield { act: "finish" };
        }
      }),
  ),
  conditional(
    "proxy-loses-query",
    "the daemon's proxy loses the query",
    "execd/daemon/proxy",
    "execd.proxy.passes/passes",
    () => ({
      request: (request) =>
        request.part === "execd" && request.path.startsWith("/proxy/")
          ? { ...request, path: request.path.replace(/\?.*$/, "") }
          : request,
    }),
  ),
  conditional(
    "any-token-taken-for-wrong",
    "a token where none is configured is refused",
    "execd/daemon/token",
    "execd.token.required/no-token-configured",
    () => ({
      request: (request) =>
        request.part === "execd" && request.headers["x-execd-access-token"] !== undefined
          ? { status: 401, headers: {}, body: Buffer.from("{}") }
          : request,
    }),
  ),
  conditional(
    "proxy-nothing-is-503",
    "the daemon's proxy answers 503 where nothing listens",
    "execd/daemon/proxy",
    "execd.proxy.unreachable/nothing-listens-is-502",
    () =>
      answers(execdRoute("GET", /^\/proxy\//), (answer) =>
        answer.status === 502 ? { ...answer, status: 503 } : answer,
      ),
  ),
];
