import type { CheckContext } from "../../check/check-context.js";
import type { Endpoint } from "../../check/endpoint.js";
import { objectOf, statusOf } from "../../wire/read-exchange.js";
import { checkTopic } from "../check-topic.js";

interface Rule {
  readonly action: string;
  readonly target: string;
}

async function rulesOf(egress: Endpoint): Promise<readonly Rule[]> {
  const policy = objectOf(await egress.call({ method: "GET", path: "/policy" }))["policy"] as { readonly egress?: readonly Rule[] | null } | undefined;
  return policy?.egress ?? [];
}

async function patch(context: CheckContext, egress: Endpoint, rules: readonly Rule[]): Promise<void> {
  const answer = await egress.call({ method: "PATCH", path: "/policy", json: rules });
  context.must(statusOf(answer) === 200, { invariant: "patch-is-200", expected: 200, observed: statusOf(answer) });
}

/** `PATCH /policy` (`egress.md` 3.3). */
export const policyPatchChecks = checkTopic(
  { part: "egress", topic: "policy-patch", group: "policy", capability: "egress" },
  {
    "front-and-replace": {
      title: "patched rules come first, in their order, and replace rules of the same target",
      clauses: ["egress.patch.order", "egress.patch.replace"],
      async run(context) {
        const made = await context.sandbox({ isExclusive: true, fields: { networkPolicy: { defaultAction: "deny", egress: [{ action: "allow", target: "a.example" }, { action: "allow", target: "b.example" }] } } });
        await patch(context, made.egress, [{ action: "deny", target: "B.example" }, { action: "allow", target: "c.example" }]);
        const expected = ["deny B.example", "allow c.example", "allow a.example"];
        const observed = (await rulesOf(made.egress)).map(({ action, target }) => `${action} ${target}`);
        context.must(observed.join() === expected.join(), { invariant: "merge-order", expected, observed });
        context.positive("the merged rules are read back");
        const empty = await made.egress.call({ method: "PATCH", path: "/policy", json: [] });
        context.must(statusOf(empty) === 400, { invariant: "empty-is-400", expected: 400, observed: statusOf(empty) });
        context.negative("an empty patch is refused");
      },
    },
  },
);
