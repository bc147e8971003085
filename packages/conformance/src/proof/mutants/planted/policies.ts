import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers } from "./altering.js";
import { json, ok, policy, swallowed, told, type Rule } from "./policy-alterations.js";
import { policyPatchMutants } from "./policy-patches.js";
import { policyRemovalMutants } from "./policy-removals.js";

/** Sidecars whose policy is wrong in one way. */
export const policyMutants: readonly ServerMutant[] = [
  ...policyPatchMutants,
  ...policyRemovalMutants,
  conditional(
    "sequence-four-lost",
    "a patch of four rules is answered and lost",
    "egress/policy-sequence/model",
    "egress.sequence/rules",
    () =>
      swallowed(
        "PATCH",
        (items) => items.length === 4 && items.every((rule) => ["allow", "deny"].includes((rule as Rule)?.action)),
      ),
  ),
  always("healthz-needs-token", "health needs the token", "egress/sidecar/healthz", "egress.healthz/open", () => ({
    request: (request) =>
      request.part === "egress" &&
      request.path === "/healthz" &&
      request.headers["opensandbox-egress-auth"] === undefined
        ? { status: 401, headers: {}, body: Buffer.from("unauthorized\n") }
        : request,
  })),
  conditional(
    "auth-open-to-reading",
    "the policy is read without a token",
    "egress/sidecar/auth",
    "egress.auth/half-open",
    () =>
      answers(policy("GET"), (answer, request) =>
        answer.status === 401 && request.headers["opensandbox-egress-auth"] === undefined
          ? {
              status: 200,
              headers: json,
              body: Buffer.from('{"status":"ok","policy":{"egress":[],"defaultAction":"deny"}}'),
            }
          : answer,
      ),
  ),
  conditional(
    "auth-any-token",
    "changes are taken with any token of the right length",
    "egress/sidecar/auth",
    "egress.auth/without-is-401",
    () =>
      answers(policy("PATCH"), (answer, request) =>
        answer.status === 401 && request.headers["opensandbox-egress-auth"]?.length === 32 ? ok : answer,
      ),
  ),
  conditional(
    "created-policy-lower-cased",
    "a policy that allows by default tells its targets in lower case",
    "lifecycle/network-policy/read-back",
    "egress.policy.get/rules",
    () =>
      answerJson(policy("GET"), (body) => {
        const document = body["policy"] as
          { readonly defaultAction?: string; readonly egress?: readonly Rule[] | null } | undefined;
        return document?.defaultAction === "allow"
          ? {
              ...body,
              policy: {
                ...document,
                egress: (document.egress ?? []).map((rule) => ({ ...rule, target: rule.target.toLowerCase() })),
              },
            }
          : body;
      }),
  ),
  conditional(
    "created-policy-denies",
    "a policy with rules denies whatever default it was created with",
    "lifecycle/network-policy/read-back",
    "egress.policy.get/default-action",
    () =>
      answerJson(policy("GET"), (body) => ({
        ...body,
        policy: { ...(body["policy"] as object), defaultAction: "deny" },
      })),
  ),
  conditional(
    "single-rule-bare",
    "one rule alone is told without its array",
    "lifecycle/network-policy/no-rules",
    "G04/array",
    () =>
      told((rules) =>
        rules.length === 1 && /^[a-z0-9]+\.example$/.test(rules[0]?.target ?? "")
          ? (rules[0] as unknown as readonly Rule[])
          : rules,
      ),
  ),
  always(
    "no-rules-is-object",
    "no rules are told as an object",
    "lifecycle/network-policy/no-rules",
    "G04/empty-shape",
    () => told((rules) => (rules.length === 0 ? ({} as readonly Rule[]) : rules)),
  ),
  always(
    "empty-policy-denies",
    "an empty policy at the start denies",
    "lifecycle/network-policy/open",
    "G01/allows",
    () => ({
      request: (request) =>
        request.part === "lifecycle" && request.method === "POST" && request.path === "/v1/sandboxes"
          ? {
              ...request,
              body: Buffer.from(
                request.body.toString("utf8").replace('"networkPolicy":{}', '"networkPolicy":{"defaultAction":"deny"}'),
              ),
            }
          : request,
    }),
  ),
  always(
    "bad-default-taken",
    "an unknown default action is taken for deny",
    "lifecycle/network-policy/bad-default",
    "G06/refused",
    () => ({
      request: (request) =>
        request.part === "lifecycle" && request.method === "POST" && request.path === "/v1/sandboxes"
          ? {
              ...request,
              body: Buffer.from(
                request.body.toString("utf8").replace(/"defaultAction":"x\w+"/, '"defaultAction":"deny"'),
              ),
            }
          : request,
    }),
  ),
];
