import type { Alteration, GatewayAnswer, GatewayRequest } from "../../../gateway/alteration.js";
import { answerJson } from "./altering.js";

/** A rule as a sidecar tells it. */
export interface Rule {
  readonly action: string;
  readonly target: string;
}

export const json = { "content-type": "application/json" };

/** A test for requests to the policy of a sidecar. */
export function policy(method: string): (request: GatewayRequest) => boolean {
  return (request) => request.part === "egress" && request.method === method && request.path === "/policy";
}

/** Changes the rules that a sidecar tells. */
export function told(change: (rules: readonly Rule[]) => readonly Rule[] | null): Alteration {
  return answerJson(policy("GET"), (body) => {
    const document = body["policy"] as { readonly egress?: readonly Rule[] | null } | undefined;
    return document === undefined ? body : { ...body, policy: { ...document, egress: change(document.egress ?? []) } };
  });
}

/** Changes the list in the body of a change. */
export function sent<T>(method: "PATCH" | "DELETE", change: (items: readonly T[]) => readonly T[]): Alteration {
  return {
    request(request) {
      const items = policy(method)(request) ? listOf<T>(request.body) : undefined;
      return items === undefined ? request : { ...request, body: Buffer.from(JSON.stringify(change(items))) };
    },
  };
}

/** Answers a change in the sidecar's place, with success. */
export function swallowed(method: "PATCH" | "DELETE", isMeant: (items: readonly unknown[]) => boolean): Alteration {
  return {
    request(request) {
      const items = policy(method)(request) ? listOf<unknown>(request.body) : undefined;
      return items !== undefined && isMeant(items) ? ok : request;
    },
  };
}

/** What a sidecar answers to a change that it made. */
export const ok: GatewayAnswer = { status: 200, headers: json, body: Buffer.from('{"status":"ok"}') };

/** The list that a body has; `undefined` where it has none. */
export function listOf<T>(body: Buffer): readonly T[] | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return Array.isArray(value) ? (value as readonly T[]) : undefined;
  } catch {
    // Not JSON: nothing to change.
    return undefined;
  }
}

/** Rules that were sent once and that a sidecar should have given up: they are told again behind the others. */
export function remembering(isKept: (rule: Rule, told: readonly Rule[]) => boolean): Alteration {
  const seen: Rule[] = [];
  return {
    ...told((rules) => [...rules, ...seen.filter((rule) => isKept(rule, rules))]),
    request(request) {
      if (policy("PATCH")(request))
        seen.push(...(listOf<Rule>(request.body) ?? []).filter((rule) => typeof rule?.target === "string"));
      return request;
    },
  };
}

/** The check that a rule belongs to: its target without the name. */
export function ownerOf({ target }: Rule): string {
  return target.toLowerCase().split(".").slice(-3).join(".");
}

/** Changes the rules of each check by themselves. */
export function toldByCheck(change: (rules: readonly Rule[]) => readonly Rule[]): Alteration {
  return told((rules) =>
    [...new Set(rules.map(ownerOf))].flatMap((owner) => change(rules.filter((rule) => ownerOf(rule) === owner))),
  );
}
