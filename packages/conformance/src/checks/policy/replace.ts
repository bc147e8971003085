import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { policyOf, realSidecar, spellRule, storedRules } from "./own-rules.js";

/**
 * `POST /policy`, which no specification has (`egress.md` 3.2). A policy is replaced in a sandbox of the check's own
 * only.
 */
export const policyReplaceChecks = checkTopic(
  { part: "egress", topic: "policy-replace", group: "policy", capability: "egress", level: "INFO", depth: "standard" },
  {
    readings: {
      title: "whether the policy can be replaced as a whole",
      clauses: ["egress.policy.replace"],
      async run(context) {
        await realSidecar(context);
        context.positive("a rule is kept");
        context.negative("and given up");
        if (context.isSidecarBorrowed)
          return context.observe("egress.policy.replace", "not asked of a sidecar that is somebody else's");
        const { egress } = await context.sandbox({
          isExclusive: true,
          fields: { networkPolicy: { defaultAction: "deny", egress: [{ action: "allow", target: "old.example" }] } },
        });
        const rules = [{ action: "deny", target: `${context.random.token()}.example` }];
        const answer = await egress.call({
          method: "POST",
          path: "/policy",
          json: { defaultAction: "allow", egress: rules },
        });
        const { defaultAction } = policyOf(await egress.call({ method: "GET", path: "/policy" }));
        const isReplaced =
          defaultAction === "allow" &&
          (await storedRules(egress)).map(spellRule).join() === rules.map(spellRule).join();
        context.observe("egress.policy.replace", isReplaced ? "it can" : `status ${statusOf(answer)}, and it was not`);
      },
    },
  },
);
