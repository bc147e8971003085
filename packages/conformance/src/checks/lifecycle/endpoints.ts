import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";
import { codeOf, isRefusal, RICH_FIELDS, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

function endpoint(context: CheckContext, id: string, port: number | string, query = ""): Promise<WireExchange> {
  return context.lifecycle.call({ method: "GET", path: sandboxPath(id, `/endpoints/${port}${query}`) });
}

/** Endpoints (`lifecycle.md` 5). */
export const endpointChecks = checkTopic(
  { part: "lifecycle", topic: "endpoints", group: "lifecycle", capability: "core" },
  {
    "leads-to-daemon": {
      title: "the endpoint of the daemon's port leads to the daemon of that sandbox, in each form",
      clauses: ["lifecycle.endpoints.direct", "lifecycle.endpoints.server-proxy", "L28", "L26"],
      async run(context) {
        const one = await context.sandbox();
        const two = await context.sandbox({ fields: RICH_FIELDS });
        const nonce = context.random.token();
        const name = `rx-${context.random.token()}`;
        await eventRun(one.execd, "/command", { command: `echo ${nonce} > "\${TMPDIR:-/tmp}/${name}"` });
        const look = async (execd: typeof one.execd): Promise<string> =>
          linesOf(
            await eventRun(execd, "/command", { command: `cat "\${TMPDIR:-/tmp}/${name}" 2>/dev/null || echo none` }),
            "stdout",
          ).join();
        context.must((await look(one.execd)) === nonce, { invariant: "own-daemon", expected: nonce });
        context.positive("the endpoint leads to the sandbox in which the file was written");
        const proxied = await endpoint(context, one.id, 44772, "?use_server_proxy=true");
        const address = objectOf(proxied)["endpoint"];
        context.must(statusOf(proxied) === 200 && typeof address === "string" && address !== "", {
          clause: "lifecycle.endpoints.server-proxy",
          invariant: "proxied-address",
          expected: "an address",
          observed: address ?? statusOf(proxied),
        });
        context.observe(
          "L28",
          /^https?:/.test(String(address))
            ? "the proxied address has a scheme"
            : `the proxied address has no scheme${String(address).includes("/v1/") ? "" : " and no version"}`,
        );
        const path = `/v1/sandboxes/${one.id}/proxy/44772`;
        const through = await context.lifecycle.call({ method: "GET", path: `${path}/ping` });
        context.must(statusOf(through) === 200, {
          clause: "lifecycle.endpoints.server-proxy",
          invariant: "proxied-daemon",
          expected: 200,
          observed: statusOf(through),
        });
        const anonymous = await context.lifecycle.call({ method: "GET", path: `${path}/ping`, isAnonymous: true });
        context.observe("L26", `the proxy without a key is ${statusOf(anonymous)}`);
        const other = await look(two.execd);
        context.must(other === "none", { invariant: "daemon-of-its-own", expected: "none", observed: other });
        context.negative("the endpoint of another sandbox leads elsewhere");
      },
    },
    refuses: {
      title: "ports that cannot be and unknown sandboxes have no endpoint",
      clauses: ["lifecycle.endpoints.port", "lifecycle.endpoints.unknown", "lifecycle.signed.digest"],
      async run(context) {
        const { id } = await context.sandbox();
        const known = await endpoint(context, id, 44772);
        context.must(statusOf(known) === 200, { invariant: "known-is-200", expected: 200, observed: statusOf(known) });
        context.positive("the daemon's port has an endpoint");
        for (const port of [0, 65_536, 99_999, "http"]) {
          const answer = await endpoint(context, id, port);
          context.must(isRefusal(answer), {
            invariant: "bad-port-refused",
            expected: "4xx",
            observed: { port, status: statusOf(answer) },
          });
        }
        const unknown = await endpoint(context, UNKNOWN_ID, 44772);
        context.must(statusOf(unknown) === 404, {
          clause: "lifecycle.endpoints.unknown",
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("four ports and an unknown sandbox have none");
        const signed = await endpoint(context, id, 8080, `?expires=${Math.floor(Date.now() / 1000) + 600}`);
        const token = String(objectOf(signed)["endpoint"] ?? "");
        context.must(
          statusOf(signed) === 400
            ? codeOf(signed) !== undefined
            : statusOf(signed) === 200 && /[0-9a-z]{1,13}[-/][0-9a-f]{8}[0-9a-zA-Z]/.test(token),
          {
            clause: "lifecycle.signed.digest",
            invariant: "signed-or-refused",
            expected: "400 with a code, or expiry and signature",
            observed: statusOf(signed) === 200 ? token.replaceAll(/[0-9a-f]{8,}/g, "…") : statusOf(signed),
          },
        );
      },
    },
    "egress-header": {
      title: "the endpoint of the sidecar brings the header that its calls need, and only that of the sidecar does",
      clauses: ["lifecycle.endpoints.egress-header", "egress.auth", "G25", "L32"],
      async run(context) {
        const guarded = await context.sandbox({ fields: { networkPolicy: { defaultAction: "deny", egress: [] } } });
        const answer = objectOf(await endpoint(context, guarded.id, 18_080));
        const headers = Object.fromEntries(
          Object.entries((answer["headers"] ?? {}) as Record<string, string>).map(([name, value]) => [
            name.toLowerCase(),
            value,
          ]),
        );
        const token = headers["opensandbox-egress-auth"];
        context.must(typeof token === "string" && token.length >= 8, {
          invariant: "has-token",
          expected: "OPENSANDBOX-EGRESS-AUTH",
          observed: Object.keys(headers),
        });
        context.secret(token ?? "");
        const withToken = await guarded.egress.call({ method: "GET", path: "/policy" });
        context.must(statusOf(withToken) === 200, {
          invariant: "token-is-200",
          expected: 200,
          observed: statusOf(withToken),
        });
        context.positive("with it the sidecar answers");
        const without = await guarded.egress.call({ method: "GET", path: "/policy", isAnonymous: true });
        context.must(statusOf(without) === 401, {
          clause: "egress.auth",
          invariant: "missing-token-is-401",
          expected: 401,
          observed: statusOf(without),
        });
        const wrong = await guarded.egress.call({
          method: "GET",
          path: "/policy",
          isAnonymous: true,
          headers: { "OPENSANDBOX-EGRESS-AUTH": context.random.token(32) },
        });
        context.must(statusOf(wrong) === 401, {
          clause: "egress.auth",
          invariant: "wrong-token-is-401",
          expected: 401,
          observed: statusOf(wrong),
        });
        context.negative("without it or with another it is 401");
        const proxied = await context.lifecycle.call({
          method: "GET",
          path: sandboxPath(guarded.id, "/proxy/18080/policy"),
        });
        context.observe("L32", `the proxy without the token is ${statusOf(proxied)}`);
        const plain = await context.sandbox();
        const none = await endpoint(context, plain.id, 18_080);
        context.observe("G25", `the sidecar's endpoint without a policy is ${statusOf(none)}`);
      },
    },
  },
);
