import type { CheckContext } from "../../model/check-context.js";
import { headerOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { startEcho } from "../echo-service.js";
import { closedPort } from "../sandbox-ports.js";
import { codeOf, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

/** Starts the echo in the sandbox that the proxy checks share; gives the path of the server proxy to it. */
async function echo(context: CheckContext): Promise<{ readonly path: string; readonly nonce: string }> {
  const { id, execd } = await context.sandbox();
  const { port, nonce } = await startEcho(context, execd);
  const path = sandboxPath(id, `/proxy/${port}`);
  const up = await context.waitUntil(
    () => context.lifecycle.call({ method: "GET", path: `${path}/up` }),
    (answer) => objectOf(answer)["nonce"] === nonce,
    10_000,
  );
  context.must(objectOf(up)["nonce"] === nonce, {
    clause: "lifecycle.proxy.passes",
    invariant: "reaches-listener",
    expected: 200,
    observed: [statusOf(up), textOf(up).slice(0, 100)],
  });
  return { path, nonce };
}

/** The server proxy (`lifecycle.md` 9). */
export const proxyChecks = checkTopic(
  { part: "lifecycle", topic: "proxy", group: "lifecycle", capability: "core" },
  {
    "passes-through": {
      title: "method, query, headers and body reach what listens, and its answer comes back",
      clauses: [
        "lifecycle.proxy.passes",
        "lifecycle.proxy.status",
        "lifecycle.proxy.secrets",
        "lifecycle.endpoints.own-port",
        "L31",
        "L33",
      ],
      depth: "standard",
      async run(context) {
        const { path, nonce } = await echo(context);
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
          const body = method === "GET" ? undefined : `${context.random.token()} ünï`;
          const answer = await context.lifecycle.call({
            method,
            path: `${path}/a/b?x=1&x=2&y=%C3%BC`,
            headers: { "X-Rx-Probe": nonce, Cookie: "rx=1" },
            ...(body === undefined ? {} : { body }),
          });
          const seen = objectOf(answer) as {
            readonly method?: string;
            readonly path?: string;
            readonly body?: string;
            readonly headers?: readonly (readonly [string, string])[];
          };
          context.must(statusOf(answer) === 200 && seen.method === method, {
            invariant: "method-passes",
            expected: method,
            observed: [statusOf(answer), seen.method ?? null],
          });
          context.must(seen.path === "/a/b?x=1&x=2&y=%C3%BC", {
            invariant: "query-passes",
            expected: "/a/b?x=1&x=2&y=%C3%BC",
            observed: seen.path ?? null,
          });
          context.must((seen.body ?? "") === (body ?? ""), {
            invariant: "body-passes",
            expected: body ?? "",
            observed: seen.body ?? null,
          });
          const headers = new Map(seen.headers ?? []);
          context.must(headers.get("x-rx-probe") === nonce, {
            invariant: "headers-pass",
            expected: nonce,
            observed: headers.get("x-rx-probe") ?? null,
          });
          context.must(!headers.has("open-sandbox-api-key"), {
            clause: "lifecycle.proxy.secrets",
            invariant: "key-in-sandbox",
            expected: "no key",
            observed: "the key",
          });
          context.observe("L31", headers.has("cookie") ? "cookies pass" : "cookies do not pass");
          context.observe(
            "L33",
            headerOf(answer, "x-request-id") === undefined ? "no request id" : "a request id of the server",
          );
        }
        context.positive("five methods reached the sandbox as sent");
        const teapot = await context.lifecycle.call({ method: "GET", path: `${path}/teapot` });
        context.must(statusOf(teapot) === 418 && headerOf(teapot, "x-rx-own") === nonce, {
          clause: "lifecycle.proxy.status",
          invariant: "status-passes",
          expected: [418, nonce],
          observed: [statusOf(teapot), headerOf(teapot, "x-rx-own") ?? null],
        });
        context.negative("a status of the sandbox's own comes back");
      },
    },
    "query-order": {
      title: "the parameters of a query reach what listens in the order in which they were sent",
      clauses: ["L51"],
      depth: "standard",
      async run(context) {
        const { path } = await echo(context);
        const received = async (query: string): Promise<string> =>
          String(objectOf(await context.lifecycle.call({ method: "GET", path: `${path}/q?${query}` }))["path"]).replace(
            /^[^?]*\?/,
            "",
          );
        const apart = `a=1&b=${context.random.token()}&a=3&c=4&b=5`;
        const seen = await received(apart);
        context.must(seen.split("&").sort().join() === apart.split("&").sort().join(), {
          clause: "lifecycle.proxy.passes",
          invariant: "query-passes",
          expected: apart,
          observed: seen,
        });
        context.must(seen === apart, { invariant: "order-kept", expected: apart, observed: seen });
        context.positive("parameters of one name came where they were sent");
        const backwards = apart.split("&").reverse().join("&");
        const other = await received(backwards);
        context.must(other === backwards, { invariant: "order-kept", expected: backwards, observed: other });
        context.negative("another order is told apart");
      },
    },
    streams: {
      title: "a proxied event stream arrives while the command runs",
      clauses: ["lifecycle.proxy.streams"],
      startsFirst: true,
      async run(context) {
        const { id } = await context.sandbox();
        const nonce = context.random.token();
        const open = context.lifecycle.open({
          method: "POST",
          path: sandboxPath(id, "/proxy/44772/command"),
          json: { command: `echo ${nonce}; sleep 1.2; echo end-${nonce}` },
        });
        const first = await open.until((soFar) => textOf(soFar).includes(nonce));
        const early = textOf(first);
        context.must(statusOf(first) === 200 && early.includes(nonce), {
          invariant: "reaches-daemon",
          expected: 200,
          observed: [statusOf(first), early.slice(0, 100)],
        });
        context.must(!early.includes(`end-${nonce}`) && !early.includes("execution_complete"), {
          invariant: "arrives-as-produced",
          expected: "the first line alone",
          observed: early.slice(0, 200),
        });
        context.negative("the first line came without the last");
        const last = await open.until((soFar) => textOf(soFar).includes("execution_complete"));
        context.must(textOf(last).includes(`end-${nonce}`), {
          invariant: "whole-stream",
          expected: `end-${nonce}`,
          observed: textOf(last).slice(-200),
        });
        context.positive("the last line and the end came later");
      },
    },
    unreachable: {
      title: "a port on which nothing listens is an error of the proxy, an unknown sandbox 404",
      clauses: ["lifecycle.proxy.unreachable", "lifecycle.proxy.unknown", "L30"],
      async run(context) {
        const { id } = await context.sandbox();
        const reached = await context.lifecycle.call({ method: "GET", path: sandboxPath(id, "/proxy/44772/ping") });
        context.must(statusOf(reached) === 200, {
          invariant: "daemon-is-200",
          expected: 200,
          observed: statusOf(reached),
        });
        context.positive("the daemon is reached");
        const closed = await context.lifecycle.call({
          method: "GET",
          path: sandboxPath(id, `/proxy/${closedPort(context.random)}/`),
        });
        context.must(statusOf(closed) >= 500 && statusOf(closed) < 600, {
          invariant: "closed-port-is-5xx",
          expected: "5xx",
          observed: statusOf(closed),
        });
        context.observe("L30", `a closed port is ${statusOf(closed)} ${codeOf(closed) ?? "without code"}`);
        const unknown = await context.lifecycle.call({
          method: "GET",
          path: sandboxPath(UNKNOWN_ID, "/proxy/44772/ping"),
        });
        context.must(statusOf(unknown) === 404, {
          clause: "lifecycle.proxy.unknown",
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("a closed port and an unknown sandbox are told apart");
      },
    },
  },
);
