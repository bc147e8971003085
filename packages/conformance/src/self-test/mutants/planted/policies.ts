import type { Alteration, GatewayAnswer, GatewayRequest } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, refusalAccepted } from "./altering.js";

interface Rule {
  readonly action: string;
  readonly target: string;
}

const json = { "content-type": "application/json" };

/** A test for requests to the policy of a sidecar. */
function policy(method: string): (request: GatewayRequest) => boolean {
  return (request) => request.part === "egress" && request.method === method && request.path === "/policy";
}

/** Changes the rules that a sidecar tells. */
function told(change: (rules: readonly Rule[]) => readonly Rule[] | null): Alteration {
  return answerJson(policy("GET"), (body) => {
    const document = body["policy"] as { readonly egress?: readonly Rule[] | null } | undefined;
    return document === undefined ? body : { ...body, policy: { ...document, egress: change(document.egress ?? []) } };
  });
}

/** Changes the list in the body of a change. */
function sent<T>(method: "PATCH" | "DELETE", change: (items: readonly T[]) => readonly T[]): Alteration {
  return {
    request(request) {
      const items = policy(method)(request) ? listOf<T>(request.body) : undefined;
      return items === undefined ? request : { ...request, body: Buffer.from(JSON.stringify(change(items))) };
    },
  };
}

/** Answers a change in the sidecar's place, with success. */
function swallowed(method: "PATCH" | "DELETE", isMeant: (items: readonly unknown[]) => boolean): Alteration {
  return {
    request(request) {
      const items = policy(method)(request) ? listOf<unknown>(request.body) : undefined;
      return items !== undefined && isMeant(items) ? ok : request;
    },
  };
}

const ok: GatewayAnswer = { status: 200, headers: json, body: Buffer.from('{"status":"ok"}') };

function listOf<T>(body: Buffer): readonly T[] | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return Array.isArray(value) ? (value as readonly T[]) : undefined;
  } catch {
    // Not JSON: nothing to change.
    return undefined;
  }
}

/** Rules that were sent once and that a sidecar should have given up: they are told again behind the others. */
function remembering(isKept: (rule: Rule, told: readonly Rule[]) => boolean): Alteration {
  const seen: Rule[] = [];
  return {
    ...told((rules) => [...rules, ...seen.filter((rule) => isKept(rule, rules))]),
    request(request) {
      if (policy("PATCH")(request)) seen.push(...(listOf<Rule>(request.body) ?? []).filter((rule) => typeof rule?.target === "string"));
      return request;
    },
  };
}

/** The check that a rule belongs to: its target without the name. */
function ownerOf({ target }: Rule): string {
  return target.toLowerCase().split(".").slice(-3).join(".");
}

/** Changes the rules of each check by themselves. */
function toldByCheck(change: (rules: readonly Rule[]) => readonly Rule[]): Alteration {
  return told((rules) => [...new Set(rules.map(ownerOf))].flatMap((owner) => change(rules.filter((rule) => ownerOf(rule) === owner))));
}

/** Sidecars whose policy is wrong in one way. */
export const policyMutants: readonly ServerMutant[] = [
  always("patch-reversed", "a patch is taken from its end", "egress/policy-patch/front-and-replace", "egress.patch.order/merge-order", () => sent("PATCH", (rules) => [...rules].reverse())),
  always("patch-behind", "patched rules come last", "egress/policy-patch/front-and-replace", "egress.patch.order/merge-order", () => {
    const order: string[] = [];
    return {
      ...told((rules) => [...rules].sort((a, b) => order.indexOf(a.target.toLowerCase()) - order.indexOf(b.target.toLowerCase()))),
      request(request) {
        if (policy("PATCH")(request)) for (const { target } of (listOf<Rule>(request.body) ?? []).filter((rule) => typeof rule?.target === "string")) if (!order.includes(target.toLowerCase())) order.push(target.toLowerCase());
        return request;
      },
    };
  }),
  conditional("patch-case-kept-apart", "a rule whose target differs in case only is added to the stored one", "egress/policy-patch/front-and-replace", "egress.patch.replace/replaced", () => remembering((rule, rules) => !rules.some(({ target }) => target === rule.target) && rules.some(({ target }) => target.toLowerCase() === rule.target.toLowerCase()))),
  conditional("patch-repeat-stays", "a rule that is patched again unchanged stays where it was", "egress/policy-patch/front-and-replace", "egress.patch.order/repeated-comes-first", () => {
    const stored = new Map<string, string>();
    const ruleOf = (request: GatewayRequest): Rule | undefined => {
      const rules = policy("PATCH")(request) ? listOf<Rule>(request.body) : undefined;
      return rules?.length === 1 && typeof rules[0]?.target === "string" ? rules[0] : undefined;
    };
    return {
      request(request) {
        const rule = ruleOf(request);
        return rule !== undefined && stored.get(rule.target) === rule.action && rule.target.startsWith("a.") && request.headers["opensandbox-egress-auth"] !== undefined ? ok : request;
      },
      ...answers(policy("PATCH"), (answer, request) => {
        if (answer.status === 200) for (const rule of listOf<Rule>(request.body) ?? []) stored.set(rule.target, rule.action);
        return answer;
      }),
    };
  }),
  conditional("patch-last-wins", "of duplicates in one patch the last wins", "egress/policy-patch/duplicates", "egress.patch.duplicates/first-wins", () =>
    sent<Rule>("PATCH", (rules) => (rules.every((rule) => typeof rule?.target === "string") ? rules.filter(({ target }, at) => !rules.slice(at + 1).some((later) => later.target.toLowerCase() === target.toLowerCase())) : rules)),
  ),
  conditional("patch-resets-default", "a policy that denies the name m tells another default action", "egress/policy-patch/keeps-rest", "egress.patch.keeps-rest/default-action-stays", () =>
    answerJson(policy("GET"), (body) => {
      const document = body["policy"] as { readonly egress?: readonly Rule[] | null } | undefined;
      return document?.egress?.some(({ action, target }) => action === "deny" && target.startsWith("m.")) === true ? { ...body, policy: { ...document, defaultAction: "allow" } } : body;
    }),
  ),
  conditional("patch-sorts-rest", "rules of a check are sorted when there are five or more of them", "egress/policy-patch/keeps-rest", "egress.patch.keeps-rest/rest-in-order", () => toldByCheck((rules) => (rules.length >= 5 ? [...rules].sort((a, b) => (a.target < b.target ? -1 : 1)) : rules))),
  always("patch-empty-taken", "an empty patch is taken", "egress/policy-patch/empty", "G22/empty-is-400", () => swallowed("PATCH", (items) => items.length === 0)),
  conditional("patch-no-body-taken", "a patch without a body is taken", "egress/policy-patch/empty", "egress.patch.empty/empty-is-400", () => ({ request: (request) => (policy("PATCH")(request) && request.body.length === 0 ? ok : request) })),
  conditional("patch-empty-clears", "an empty patch is refused and takes the second of two rules", "egress/policy-patch/empty", "egress.patch.empty/changes-nothing", () => {
    let isCleared = false;
    return {
      request(request) {
        if (policy("PATCH")(request) && listOf(request.body)?.length === 0) isCleared = true;
        return request;
      },
      ...toldByCheck((rules) => (isCleared && rules.length === 2 ? rules.slice(0, 1) : rules)),
    };
  }),
  always("patch-malformed-taken", "a patch that is one rule is taken", "egress/policy-patch/malformed", "egress.patch.malformed/malformed-is-400", () => refusalAccepted((request) => policy("PATCH")(request) && request.body.toString().startsWith("{"), { status: "ok" })),
  conditional("patch-bad-rule-dropped", "a rule with an unsupported action is dropped and the others are taken", "egress/policy-patch/invalid", "egress.policy.invalid/invalid-is-400", () =>
    sent<Rule>("PATCH", (rules) => (rules.length > 1 && rules.some(({ action }) => action === "permit") ? rules.filter(({ action }) => action !== "permit") : rules)),
  ),
  conditional("patch-invalid-half-done", "a patch that fails leaves the rules before the bad one", "egress/policy-patch/invalid", "egress.policy.invalid/changes-nothing", () => {
    const half: Rule[] = [];
    return {
      request(request) {
        const rules = policy("PATCH")(request) ? listOf<Rule>(request.body) : undefined;
        const bad = rules?.findIndex((rule) => typeof rule?.target === "string" && rule.target.trim() === "") ?? -1;
        if (rules !== undefined && bad > 0) half.push(...rules.slice(0, bad));
        return request;
      },
      ...told((rules) => [...half.filter((rule) => rules.some((other) => ownerOf(other) === ownerOf(rule)) && !rules.some(({ target }) => target === rule.target)), ...rules]),
    };
  }),
  conditional("action-case-kept", "an action is told in the case it came in", "egress/policy-patch/normal", "egress.policy.normal/normal-form", () => {
    const upper = new Set<string>();
    return {
      request(request) {
        if (policy("PATCH")(request)) for (const rule of listOf<Rule>(request.body) ?? []) if (typeof rule?.action === "string" && rule.action.trim() === "ALLOW") upper.add(rule.target);
        return request;
      },
      ...told((rules) => rules.map((rule) => (upper.has(rule.target) ? { ...rule, action: "ALLOW" } : rule))),
    };
  }),
  always("target-lower-cased", "targets are told in lower case", "egress/policy-patch/normal", "egress.policy.normal/normal-form", () => told((rules) => rules.map((rule) => ({ ...rule, target: rule.target.toLowerCase() })))),
  conditional("limit-of-patch-only", "the limit counts the rules of a patch, not the merged ones", "egress/policy-patch/limit", "egress.patch.limit/merged-is-counted", () => swallowed("PATCH", (items) => items.length === 4_096)),
  conditional("limit-is-400", "too many rules are refused as malformed", "egress/policy-patch/limit", "egress.patch.limit/over-is-413", () => answers(policy("PATCH"), (answer) => (answer.status === 413 ? { ...answer, status: 400 } : answer))),
  conditional("remove-wildcard-covers", "removing a wildcard takes what it covers", "egress/policy-remove/rules", "egress.remove.rules/those-and-no-others", () => {
    const gone: string[] = [];
    return {
      request(request) {
        if (policy("DELETE")(request)) for (const target of listOf<string>(request.body) ?? []) if (typeof target === "string" && target.startsWith("*.")) gone.push(target.slice(1));
        return request;
      },
      ...told((rules) => rules.filter(({ target }) => target.startsWith("*.") || !gone.some((suffix) => target.endsWith(suffix)))),
    };
  }),
  conditional("remove-first-only", "of several targets only the first is removed", "egress/policy-remove/rules", "egress.remove.rules/those-and-no-others", () => sent("DELETE", (targets) => targets.slice(0, 1))),
  always("remove-none-is-404", "removing what is not there is 404", "egress/policy-remove/none", "egress.remove.none/none-is-200", () => answers(policy("DELETE"), (answer) => (answer.status === 200 && answer.body.toString().includes("no matching") ? { ...answer, status: 404 } : answer))),
  conditional("remove-again-is-404", "removing a rule a second time is 404", "egress/policy-remove/none", "G27/again-is-200", () => {
    const gone = new Set<string>();
    return {
      ...answers(policy("DELETE"), (answer, request) => {
        const [target = ""] = listOf<string>(request.body) ?? [];
        if (gone.has(target)) return { ...answer, status: 404 };
        if (answer.status === 200 && !answer.body.toString().includes("no matching")) gone.add(target);
        return answer;
      }),
    };
  }),
  conditional("remove-prefix", "removing takes rules whose target begins with the one that is named", "egress/policy-remove/none", "egress.remove.none/changes-nothing", () => {
    const gone: string[] = [];
    return {
      request(request) {
        const targets = policy("DELETE")(request) ? listOf<string>(request.body) : undefined;
        if (targets?.length === 1 && typeof targets[0] === "string" && targets[0].endsWith(".exampl")) gone.push(targets[0]);
        return request;
      },
      ...told((rules) => rules.filter(({ target }) => !gone.some((prefix) => target.startsWith(prefix)))),
    };
  }),
  always("remove-empty-taken", "a removal of nothing is taken", "egress/policy-remove/empty", "G22/empty-is-400", () => swallowed("DELETE", (items) => items.length === 0)),
  conditional("remove-no-body-taken", "a removal without a body is taken", "egress/policy-remove/empty", "egress.remove.empty/empty-is-400", () => ({ request: (request) => (policy("DELETE")(request) && request.body.length === 0 ? ok : request) })),
  always("remove-case-counts", "removing tells cases apart", "egress/policy-remove/case", "egress.remove.case/case-ignored", () => {
    const stored = new Set<string>();
    return {
      request(request) {
        if (policy("PATCH")(request)) for (const rule of listOf<Rule>(request.body) ?? []) if (typeof rule?.target === "string") stored.add(rule.target);
        const targets = policy("DELETE")(request) ? listOf<string>(request.body) : undefined;
        if (targets === undefined) return request;
        return { ...request, body: Buffer.from(JSON.stringify(targets.map((target) => (typeof target === "string" && !stored.has(target) && [...stored].some((one) => one.toLowerCase() === target.toLowerCase()) ? `${target}.none` : target)))) };
      },
    };
  }),
  conditional("sequence-four-lost", "a patch of four rules is answered and lost", "egress/policy-sequence/model", "egress.sequence/rules", () => swallowed("PATCH", (items) => items.length === 4 && items.every((rule) => ["allow", "deny"].includes((rule as Rule)?.action)))),
  always("healthz-needs-token", "health needs the token", "egress/sidecar/healthz", "egress.healthz/open", () => ({ request: (request) => (request.part === "egress" && request.path === "/healthz" && request.headers["opensandbox-egress-auth"] === undefined ? { status: 401, headers: {}, body: Buffer.from("unauthorized\n") } : request) })),
  conditional("auth-open-to-reading", "the policy is read without a token", "egress/sidecar/auth", "egress.auth/half-open", () =>
    answers(policy("GET"), (answer, request) => (answer.status === 401 && request.headers["opensandbox-egress-auth"] === undefined ? { status: 200, headers: json, body: Buffer.from('{"status":"ok","policy":{"egress":[],"defaultAction":"deny"}}') } : answer)),
  ),
  conditional("auth-any-token", "changes are taken with any token of the right length", "egress/sidecar/auth", "egress.auth/without-is-401", () =>
    answers(policy("PATCH"), (answer, request) => (answer.status === 401 && request.headers["opensandbox-egress-auth"]?.length === 32 ? ok : answer)),
  ),
  conditional("created-policy-lower-cased", "a policy that allows by default tells its targets in lower case", "lifecycle/network-policy/read-back", "egress.policy.get/rules", () =>
    answerJson(policy("GET"), (body) => {
      const document = body["policy"] as { readonly defaultAction?: string; readonly egress?: readonly Rule[] | null } | undefined;
      return document?.defaultAction === "allow" ? { ...body, policy: { ...document, egress: (document.egress ?? []).map((rule) => ({ ...rule, target: rule.target.toLowerCase() })) } } : body;
    }),
  ),
  conditional("created-policy-denies", "a policy with rules denies whatever default it was created with", "lifecycle/network-policy/read-back", "egress.policy.get/default-action", () => answerJson(policy("GET"), (body) => ({ ...body, policy: { ...(body["policy"] as object), defaultAction: "deny" } }))),
  conditional("single-rule-bare", "one rule alone is told without its array", "lifecycle/network-policy/no-rules", "G04/array", () => told((rules) => (rules.length === 1 && /^[a-z0-9]+\.example$/.test(rules[0]?.target ?? "") ? (rules[0] as unknown as readonly Rule[]) : rules))),
  always("no-rules-is-object", "no rules are told as an object", "lifecycle/network-policy/no-rules", "G04/empty-shape", () => told((rules) => (rules.length === 0 ? ({} as readonly Rule[]) : rules))),
  always("empty-policy-denies", "an empty policy at the start denies", "lifecycle/network-policy/open", "G01/allows", () => ({ request: (request) => (request.part === "lifecycle" && request.method === "POST" && request.path === "/v1/sandboxes" ? { ...request, body: Buffer.from(request.body.toString("utf8").replace('"networkPolicy":{}', '"networkPolicy":{"defaultAction":"deny"}')) } : request) })),
  always("bad-default-taken", "an unknown default action is taken for deny", "lifecycle/network-policy/bad-default", "G06/refused", () => ({ request: (request) => (request.part === "lifecycle" && request.method === "POST" && request.path === "/v1/sandboxes" ? { ...request, body: Buffer.from(request.body.toString("utf8").replace(/"defaultAction":"x\w+"/, '"defaultAction":"deny"')) } : request) })),
];
