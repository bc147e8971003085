import type { GatewayRequest } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, refusalAccepted } from "./altering.js";
import {
  listOf,
  ok,
  ownerOf,
  policy,
  remembering,
  sent,
  swallowed,
  told,
  toldByCheck,
  type Rule,
} from "./policy-alterations.js";

/** Sidecars that change a policy by a patch in a wrong way. */
export const policyPatchMutants: readonly ServerMutant[] = [
  always(
    "patch-reversed",
    "a patch is taken from its end",
    "egress/policy-patch/front-and-replace",
    "egress.patch.order/merge-order",
    () => sent("PATCH", (rules) => [...rules].reverse()),
  ),
  always(
    "patch-behind",
    "patched rules come last",
    "egress/policy-patch/front-and-replace",
    "egress.patch.order/merge-order",
    () => {
      const order: string[] = [];
      return {
        ...told((rules) =>
          [...rules].sort((a, b) => order.indexOf(a.target.toLowerCase()) - order.indexOf(b.target.toLowerCase())),
        ),
        request(request) {
          if (policy("PATCH")(request))
            for (const { target } of (listOf<Rule>(request.body) ?? []).filter(
              (rule) => typeof rule?.target === "string",
            ))
              if (!order.includes(target.toLowerCase())) order.push(target.toLowerCase());
          return request;
        },
      };
    },
  ),
  conditional(
    "patch-case-kept-apart",
    "a rule whose target differs in case only is added to the stored one",
    "egress/policy-patch/front-and-replace",
    "egress.patch.replace/replaced",
    () =>
      remembering(
        (rule, rules) =>
          !rules.some(({ target }) => target === rule.target) &&
          rules.some(({ target }) => target.toLowerCase() === rule.target.toLowerCase()),
      ),
  ),
  conditional(
    "patch-repeat-stays",
    "a rule that is patched again unchanged stays where it was",
    "egress/policy-patch/front-and-replace",
    "egress.patch.order/repeated-comes-first",
    () => {
      const stored = new Map<string, string>();
      const ruleOf = (request: GatewayRequest): Rule | undefined => {
        const rules = policy("PATCH")(request) ? listOf<Rule>(request.body) : undefined;
        return rules?.length === 1 && typeof rules[0]?.target === "string" ? rules[0] : undefined;
      };
      return {
        request(request) {
          const rule = ruleOf(request);
          return rule !== undefined &&
            stored.get(rule.target) === rule.action &&
            rule.target.startsWith("a.") &&
            request.headers["opensandbox-egress-auth"] !== undefined
            ? ok
            : request;
        },
        ...answers(policy("PATCH"), (answer, request) => {
          if (answer.status === 200)
            for (const rule of listOf<Rule>(request.body) ?? []) stored.set(rule.target, rule.action);
          return answer;
        }),
      };
    },
  ),
  conditional(
    "patch-last-wins",
    "of duplicates in one patch the last wins",
    "egress/policy-patch/duplicates",
    "egress.patch.duplicates/first-wins",
    () =>
      sent<Rule>("PATCH", (rules) =>
        rules.every((rule) => typeof rule?.target === "string")
          ? rules.filter(
              ({ target }, at) =>
                !rules.slice(at + 1).some((later) => later.target.toLowerCase() === target.toLowerCase()),
            )
          : rules,
      ),
  ),
  conditional(
    "patch-resets-default",
    "a policy that denies the name m tells another default action",
    "egress/policy-patch/keeps-rest",
    "egress.patch.keeps-rest/default-action-stays",
    () =>
      answerJson(policy("GET"), (body) => {
        const document = body["policy"] as { readonly egress?: readonly Rule[] | null } | undefined;
        return document?.egress?.some(({ action, target }) => action === "deny" && target.startsWith("m.")) === true
          ? { ...body, policy: { ...document, defaultAction: "allow" } }
          : body;
      }),
  ),
  conditional(
    "patch-sorts-rest",
    "rules of a check are sorted when there are five or more of them",
    "egress/policy-patch/keeps-rest",
    "egress.patch.keeps-rest/rest-in-order",
    () =>
      toldByCheck((rules) => (rules.length >= 5 ? [...rules].sort((a, b) => (a.target < b.target ? -1 : 1)) : rules)),
  ),
  always("patch-empty-taken", "an empty patch is taken", "egress/policy-patch/empty", "G22/empty-is-400", () =>
    swallowed("PATCH", (items) => items.length === 0),
  ),
  conditional(
    "patch-no-body-taken",
    "a patch without a body is taken",
    "egress/policy-patch/empty",
    "egress.patch.empty/empty-is-400",
    () => ({ request: (request) => (policy("PATCH")(request) && request.body.length === 0 ? ok : request) }),
  ),
  conditional(
    "patch-empty-clears",
    "an empty patch is refused and takes the second of two rules",
    "egress/policy-patch/empty",
    "egress.patch.empty/changes-nothing",
    () => {
      let isCleared = false;
      return {
        request(request) {
          if (policy("PATCH")(request) && listOf(request.body)?.length === 0) isCleared = true;
          return request;
        },
        ...toldByCheck((rules) => (isCleared && rules.length === 2 ? rules.slice(0, 1) : rules)),
      };
    },
  ),
  always(
    "patch-malformed-taken",
    "a patch that is one rule is taken",
    "egress/policy-patch/malformed",
    "egress.patch.malformed/malformed-is-400",
    () =>
      refusalAccepted((request) => policy("PATCH")(request) && request.body.toString().startsWith("{"), {
        status: "ok",
      }),
  ),
  conditional(
    "patch-bad-rule-dropped",
    "a rule with an unsupported action is dropped and the others are taken",
    "egress/policy-patch/invalid",
    "egress.policy.invalid/invalid-is-400",
    () =>
      sent<Rule>("PATCH", (rules) =>
        rules.length > 1 && rules.some(({ action }) => action === "permit")
          ? rules.filter(({ action }) => action !== "permit")
          : rules,
      ),
  ),
  conditional(
    "patch-invalid-half-done",
    "a patch that fails leaves the rules before the bad one",
    "egress/policy-patch/invalid",
    "egress.policy.invalid/changes-nothing",
    () => {
      const half: Rule[] = [];
      return {
        request(request) {
          const rules = policy("PATCH")(request) ? listOf<Rule>(request.body) : undefined;
          const bad = rules?.findIndex((rule) => typeof rule?.target === "string" && rule.target.trim() === "") ?? -1;
          if (rules !== undefined && bad > 0) half.push(...rules.slice(0, bad));
          return request;
        },
        ...told((rules) => [
          ...half.filter(
            (rule) =>
              rules.some((other) => ownerOf(other) === ownerOf(rule)) &&
              !rules.some(({ target }) => target === rule.target),
          ),
          ...rules,
        ]),
      };
    },
  ),
  conditional(
    "action-case-kept",
    "an action is told in the case it came in",
    "egress/policy-patch/normal",
    "egress.policy.normal/normal-form",
    () => {
      const upper = new Set<string>();
      return {
        request(request) {
          if (policy("PATCH")(request))
            for (const rule of listOf<Rule>(request.body) ?? [])
              if (typeof rule?.action === "string" && rule.action.trim() === "ALLOW") upper.add(rule.target);
          return request;
        },
        ...told((rules) => rules.map((rule) => (upper.has(rule.target) ? { ...rule, action: "ALLOW" } : rule))),
      };
    },
  ),
  always(
    "target-lower-cased",
    "targets are told in lower case",
    "egress/policy-patch/normal",
    "egress.policy.normal/normal-form",
    () => told((rules) => rules.map((rule) => ({ ...rule, target: rule.target.toLowerCase() }))),
  ),
  conditional(
    "limit-of-patch-only",
    "the limit counts the rules of a patch, not the merged ones",
    "egress/policy-patch/limit",
    "egress.patch.limit/merged-is-counted",
    () => swallowed("PATCH", (items) => items.length === 4_096),
  ),
  conditional(
    "limit-is-400",
    "too many rules are refused as malformed",
    "egress/policy-patch/limit",
    "egress.patch.limit/over-is-413",
    () => answers(policy("PATCH"), (answer) => (answer.status === 413 ? { ...answer, status: 400 } : answer)),
  ),
];
