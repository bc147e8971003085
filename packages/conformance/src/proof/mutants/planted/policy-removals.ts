import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answers } from "./altering.js";
import { listOf, ok, policy, sent, swallowed, told, type Rule } from "./policy-alterations.js";

/** Sidecars that remove rules in a wrong way. */
export const policyRemovalMutants: readonly ServerMutant[] = [
  conditional(
    "remove-wildcard-covers",
    "removing a wildcard takes what it covers",
    "egress/policy-remove/rules",
    "egress.remove.rules/those-and-no-others",
    () => {
      const gone: string[] = [];
      return {
        request(request) {
          if (policy("DELETE")(request))
            for (const target of listOf<string>(request.body) ?? [])
              if (typeof target === "string" && target.startsWith("*.")) gone.push(target.slice(1));
          return request;
        },
        ...told((rules) =>
          rules.filter(({ target }) => target.startsWith("*.") || !gone.some((suffix) => target.endsWith(suffix))),
        ),
      };
    },
  ),
  conditional(
    "remove-first-only",
    "of several targets only the first is removed",
    "egress/policy-remove/rules",
    "egress.remove.rules/those-and-no-others",
    () => sent("DELETE", (targets) => targets.slice(0, 1)),
  ),
  always(
    "remove-none-is-404",
    "removing what is not there is 404",
    "egress/policy-remove/none",
    "egress.remove.none/none-is-200",
    () =>
      answers(policy("DELETE"), (answer) =>
        answer.status === 200 && answer.body.toString().includes("no matching") ? { ...answer, status: 404 } : answer,
      ),
  ),
  conditional(
    "remove-again-is-404",
    "removing a rule a second time is 404",
    "egress/policy-remove/none",
    "G27/again-is-200",
    () => {
      const gone = new Set<string>();
      return {
        ...answers(policy("DELETE"), (answer, request) => {
          const [target = ""] = listOf<string>(request.body) ?? [];
          if (gone.has(target)) return { ...answer, status: 404 };
          if (answer.status === 200 && !answer.body.toString().includes("no matching")) gone.add(target);
          return answer;
        }),
      };
    },
  ),
  conditional(
    "remove-prefix",
    "removing takes rules whose target begins with the one that is named",
    "egress/policy-remove/none",
    "egress.remove.none/changes-nothing",
    () => {
      const gone: string[] = [];
      return {
        request(request) {
          const targets = policy("DELETE")(request) ? listOf<string>(request.body) : undefined;
          if (targets?.length === 1 && typeof targets[0] === "string" && targets[0].endsWith(".exampl"))
            gone.push(targets[0]);
          return request;
        },
        ...told((rules) => rules.filter(({ target }) => !gone.some((prefix) => target.startsWith(prefix)))),
      };
    },
  ),
  always("remove-empty-taken", "a removal of nothing is taken", "egress/policy-remove/empty", "G22/empty-is-400", () =>
    swallowed("DELETE", (items) => items.length === 0),
  ),
  conditional(
    "remove-no-body-taken",
    "a removal without a body is taken",
    "egress/policy-remove/empty",
    "egress.remove.empty/empty-is-400",
    () => ({ request: (request) => (policy("DELETE")(request) && request.body.length === 0 ? ok : request) }),
  ),
  always(
    "remove-case-counts",
    "removing tells cases apart",
    "egress/policy-remove/case",
    "egress.remove.case/case-ignored",
    () => {
      const stored = new Set<string>();
      return {
        request(request) {
          if (policy("PATCH")(request))
            for (const rule of listOf<Rule>(request.body) ?? [])
              if (typeof rule?.target === "string") stored.add(rule.target);
          const targets = policy("DELETE")(request) ? listOf<string>(request.body) : undefined;
          if (targets === undefined) return request;
          return {
            ...request,
            body: Buffer.from(
              JSON.stringify(
                targets.map((target) =>
                  typeof target === "string" &&
                  !stored.has(target) &&
                  [...stored].some((one) => one.toLowerCase() === target.toLowerCase())
                    ? `${target}.none`
                    : target,
                ),
              ),
            ),
          };
        },
      };
    },
  ),
];
