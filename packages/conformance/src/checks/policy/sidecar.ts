import { headerOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { ownRules, realSidecar, TEST_NET } from "./own-rules.js";

const TOKEN = "OPENSANDBOX-EGRESS-AUTH";

/** The routes of the sidecar besides its rules (`egress.md` 1). */
export const sidecarChecks = checkTopic(
  { part: "egress", topic: "sidecar", group: "policy", capability: "egress" },
  {
    healthz: {
      title: "health answers without a token, and an unknown route is 404",
      clauses: ["egress.healthz"],
      async run(context) {
        const { egress } = await realSidecar(context);
        const answer = await egress.call({ method: "GET", path: "/healthz", isAnonymous: true });
        context.must(statusOf(answer) === 200, { invariant: "open", expected: 200, observed: statusOf(answer) });
        const wrong = await egress.call({
          method: "GET",
          path: "/healthz",
          isAnonymous: true,
          headers: { [TOKEN]: context.random.token(32) },
        });
        context.must(statusOf(wrong) === 200, {
          invariant: "open-with-any-token",
          expected: 200,
          observed: statusOf(wrong),
        });
        context.positive("it is 200 without a token and with a wrong one");
        const unknown = await egress.call({ method: "GET", path: `/${context.random.token()}` });
        context.must(statusOf(unknown) === 404, {
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("an unknown route is 404");
      },
    },
    auth: {
      title: "a sidecar with a token refuses calls without it, or with one like it, and changes nothing",
      clauses: ["egress.auth"],
      async run(context) {
        const own = await realSidecar(context);
        const open = await own.egress.call({ method: "GET", path: "/policy", isAnonymous: true });
        if (statusOf(open) === 200) {
          const other = await own.egress.call({
            method: "GET",
            path: "/policy",
            isAnonymous: true,
            headers: { [TOKEN]: context.random.token(32) },
          });
          context.must(statusOf(other) === 200, { invariant: "half-open", expected: 200, observed: statusOf(other) });
          context.positive("the sidecar has no token and takes any call");
          return context.negative("it keeps rules and gives them up");
        }
        await own.add("allow a");
        context.positive("calls with the token are taken");
        const rule = [{ action: "allow", target: own.target("intruder") }];
        for (const token of ["", context.random.token(8), context.random.token(32)]) {
          const headers = token === "" ? {} : { [TOKEN]: token };
          for (const request of [
            { method: "GET" },
            { method: "PATCH", json: rule },
            { method: "DELETE", json: [own.target("a")] },
          ]) {
            const answer = await own.egress.call({ ...request, path: "/policy", isAnonymous: true, headers });
            context.must(statusOf(answer) === 401 && !textOf(answer).includes(own.target("a")), {
              invariant: "without-is-401",
              expected: 401,
              observed: `${request.method} ${statusOf(answer)}`,
            });
          }
        }
        const [expected, observed] = [own.spelled("allow a"), await own.read()];
        context.must(observed.join() === expected.join(), { invariant: "changes-nothing", expected, observed });
        context.negative("the others are refused with 401 and change nothing");
      },
    },
    readings: {
      title: "what the sidecar says where nothing is promised",
      clauses: ["egress.policy.mode", "egress.policy.methods", "G02", "G03", "G21", "G24"],
      level: "INFO",
      async run(context) {
        const own = await realSidecar(context);
        const policy = async (): Promise<Readonly<Record<string, unknown>>> =>
          objectOf(await own.egress.call({ method: "GET", path: "/policy" }));
        context.observe("egress.policy.mode", String((await policy())["mode"]));
        await own.add("allow a");
        context.observe("G03", String((await policy())["mode"]));
        const wrong = await own.egress.call({ method: "OPTIONS", path: "/policy" });
        context.observe(
          "egress.policy.methods",
          `OPTIONS: ${statusOf(wrong)}, Allow: ${headerOf(wrong, "allow") ?? "none"}`,
        );
        context.observe(
          "G02",
          `HEAD /healthz: ${statusOf(await own.egress.call({ method: "HEAD", path: "/healthz" }))}`,
        );
        const refused = await own.patch([]);
        context.observe("G21", `${headerOf(refused, "content-type") ?? "no type"}`, textOf(refused).slice(0, 80));
        const extra = await own.patch([{ action: "allow", target: own.target("b"), rxUnknown: 1 }]);
        context.observe("G24", statusOf(extra) === 200 ? "ignored" : `refused with ${statusOf(extra)}`);
        context.positive("a rule is kept");
        context.negative("and given up");
      },
    },
    targets: {
      title: "how targets are read that specification and servers disagree about",
      clauses: ["G05", "G07", "G08", "G09"],
      level: "INFO",
      async run(context) {
        const own = await realSidecar(context);
        const address = `${TEST_NET}${context.random.integer(1, 254)}/32`;
        const taken = await own.patch([{ action: "allow", target: address }]);
        context.observe("G05", statusOf(taken) === 200 ? "taken" : `refused with ${statusOf(taken)}`);
        if (statusOf(taken) === 200) await own.remove([address]);
        const bare = await own.patch([{ target: own.target("bare") }]);
        context.observe(
          "G07",
          statusOf(bare) === 200
            ? ((await own.read())[0]?.split(" ")[0] ?? "not stored")
            : `refused with ${statusOf(bare)}`,
        );
        await own.patch([{ action: "allow", target: own.target("padded") }]);
        const padded = await own.patch([{ action: "deny", target: ` ${own.target("padded")} ` }]);
        context.observe(
          "G08",
          statusOf(padded) === 200
            ? `${(await own.read()).filter((rule) => rule.includes("padded")).length} rules`
            : `refused with ${statusOf(padded)}`,
        );
        const dotted = await own.patch([{ action: "allow", target: `${own.target("dotted")}.` }]);
        const stored = (await own.read()).find((rule) => rule.includes("dotted"));
        context.observe(
          "G09",
          statusOf(dotted) !== 200
            ? `refused with ${statusOf(dotted)}`
            : stored?.endsWith(".") === true
              ? "kept"
              : "stripped",
        );
        context.positive("a rule is kept");
        context.negative("and given up");
      },
    },
    "large-body": {
      title: "what a body over the limit does",
      clauses: ["G23"],
      level: "INFO",
      depth: "standard",
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a");
        const body = `[{"action":"allow","target":"${own.target("b")}"}${" ".repeat(1_100_000)}]`;
        const answer = await own.egress.open({ method: "PATCH", path: "/policy", body }).finished;
        context.observe("G23", statusOf(answer) === 0 ? `no answer (${answer.end})` : String(statusOf(answer)));
        context.positive("a small body is taken");
        const observed = await own.read();
        context.must(observed.includes(own.spelled("allow a")[0] ?? ""), {
          invariant: "rules-stay",
          expected: own.spelled("allow a"),
          observed,
        });
        context.negative("the rules of before are still there");
      },
    },
  },
);
