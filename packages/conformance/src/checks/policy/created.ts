import { Blocked } from "../../model/outcome.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { policyOf, spellRule, storedRules } from "./own-rules.js";

/** The policy that a sandbox is created with, as its sidecar tells it (`egress.md` 2.4, 3.1). */
export const createdPolicyChecks = checkTopic(
  { part: "lifecycle", topic: "network-policy", group: "policy", capability: "egress", depth: "standard" },
  {
    "read-back": {
      title: "the policy of the create request is read back, with its order and the spelling of its targets",
      clauses: ["egress.policy.get"],
      async run(context) {
        const nonce = context.random.token();
        const rules = ["deny Mixed", "allow *.wild", "allow z", "deny a"].map((text) => ({
          action: text.split(" ")[0] ?? "",
          target: `${text.split(" ")[1] ?? ""}.${nonce}.example`,
        }));
        const made = await context.sandbox({
          isExclusive: true,
          fields: { networkPolicy: { defaultAction: "allow", egress: rules } },
        });
        const answer = await made.egress.call({ method: "GET", path: "/policy" });
        const { defaultAction } = policyOf(answer);
        const [expected, observed] = [rules.map(spellRule), (await storedRules(made.egress)).map(spellRule)];
        context.must(statusOf(answer) === 200 && objectOf(answer)["status"] === "ok", {
          invariant: "is-200",
          expected: "200 with status ok",
          observed: [statusOf(answer), objectOf(answer)["status"]],
        });
        context.must(defaultAction === "allow", {
          invariant: "default-action",
          expected: "allow",
          observed: defaultAction,
        });
        context.must(observed.join() === expected.join(), { invariant: "rules", expected, observed });
        context.positive("the policy is the one of the request");
        const plain = await context.egress();
        const other = policyOf(await plain.call({ method: "GET", path: "/policy" }));
        context.must(
          other.defaultAction === "deny" && !(await storedRules(plain)).some(({ target }) => target.includes(nonce)),
          { invariant: "own-policy", expected: "another sandbox with its own policy", observed: other.defaultAction },
        );
        context.negative("another sandbox has a policy of its own");
      },
    },
    "no-rules": {
      title:
        "the rules of a policy without rules are an array, null or nothing, and the first rule makes an array of them",
      clauses: ["G04"],
      async run(context) {
        const nonce = context.random.token();
        const made = await context.sandbox({ isExclusive: true, fields: { networkPolicy: { defaultAction: "deny" } } });
        const rules = async (): Promise<unknown> =>
          policyOf(await made.egress.call({ method: "GET", path: "/policy" })).egress;
        const none = await rules();
        context.must(none === undefined || none === null || (Array.isArray(none) && none.length === 0), {
          invariant: "empty-shape",
          expected: "an empty array, null or nothing",
          observed: none,
        });
        context.observe("G04", none === undefined ? "absent" : JSON.stringify(none));
        context.negative("there are no rules where none were given");
        const patched = await made.egress.call({
          method: "PATCH",
          path: "/policy",
          json: [{ action: "allow", target: `${nonce}.example` }],
        });
        if (statusOf(patched) !== 200) throw new Blocked("patching a policy");
        const one = await rules();
        context.must(Array.isArray(one) && one.length === 1, {
          invariant: "array",
          expected: "an array of one rule",
          observed: one,
        });
        await made.egress.call({ method: "DELETE", path: "/policy", json: [`${nonce}.example`] });
        const gone = await rules();
        context.must(gone === undefined || gone === null || (Array.isArray(gone) && gone.length === 0), {
          invariant: "empty-shape",
          expected: "an empty array, null or nothing",
          observed: gone,
        });
        context.positive("a rule comes and goes");
      },
    },
    open: {
      title: "an empty policy at the start allows everything, and rules restrict it from then on",
      clauses: ["G01", "L23"],
      async run(context) {
        const made = await context.sandbox({ isExclusive: true, fields: { networkPolicy: {} } });
        const { defaultAction } = policyOf(await made.egress.call({ method: "GET", path: "/policy" }));
        context.must(defaultAction === "allow" && (await storedRules(made.egress)).length === 0, {
          invariant: "allows",
          expected: "allow without rules",
          observed: defaultAction,
        });
        context.positive("it allows");
        const closed = policyOf(await (await context.egress()).call({ method: "GET", path: "/policy" }));
        context.must(closed.defaultAction === "deny", {
          invariant: "told-from-denying",
          expected: "deny",
          observed: closed.defaultAction,
        });
        context.negative("one that denies does not");
      },
    },
    "bad-default": {
      title: "a default action that is neither allow nor deny is refused",
      clauses: ["G06"],
      async run(context) {
        const fields = { networkPolicy: { defaultAction: `x${context.random.token(5)}`, egress: [] } };
        const refusal = await context.sandbox({ isExclusive: true, fields }).then(
          () => undefined,
          (error: unknown) => {
            if (error instanceof Blocked && /status [45]\d\d/.test(error.by)) return error.by;
            throw error;
          },
        );
        context.must(refusal !== undefined, { invariant: "refused", expected: "4xx or 5xx", observed: "a sandbox" });
        context.negative("it is refused");
        const plain = policyOf(await (await context.egress()).call({ method: "GET", path: "/policy" }));
        context.must(plain.defaultAction === "deny", {
          invariant: "deny-is-taken",
          expected: "deny",
          observed: plain.defaultAction,
        });
        context.positive("deny is taken");
      },
    },
    absent: {
      title: "what the endpoint of a sidecar that is not there does",
      clauses: ["G25"],
      level: "INFO",
      async run(context) {
        const made = await context.sandbox();
        const endpoint = await context.lifecycle.call({
          method: "GET",
          path: `/v1/sandboxes/${made.id}/endpoints/18080`,
        });
        context.observe("G25", `the endpoint call is ${statusOf(endpoint)}`);
        const there = await context.lifecycle.call({ method: "GET", path: `/v1/sandboxes/${made.id}/endpoints/44772` });
        if (statusOf(there) !== 200) throw new Blocked("the endpoint of the daemon");
        context.positive("the endpoint of the daemon is known");
        const unknown = await context.lifecycle.call({
          method: "GET",
          path: "/v1/sandboxes/00000000-0000-4000-8000-000000000000/endpoints/18080",
        });
        if (statusOf(unknown) !== 404) throw new Blocked("refusing the endpoint of an unknown sandbox");
        context.negative("that of an unknown sandbox is not");
      },
    },
  },
);
