import type { RuleSubject } from "../../model/subject.js";

const ops = ["decode", "infer", "merge", "remove"] as const;

type Answer = (request: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

function nullRule(name: string, answer: Answer): RuleSubject {
  return { kind: "rule", name, ops, ask: async (request) => answer(request) };
}

/** What each operation is answered by a rule that has one answer for everything. */
function always(
  decode: unknown,
  infer: unknown,
  policy: (request: Readonly<Record<string, unknown>>) => unknown,
): Answer {
  return (request) => {
    if (request["op"] === "decode") return decode as Readonly<Record<string, unknown>>;
    if (request["op"] === "infer") return { exitCode: infer };
    return policy(request) as Readonly<Record<string, unknown>>;
  };
}

const identity = (request: Readonly<Record<string, unknown>>): unknown => ({ policy: request["policy"] });
const patchOnly = (request: Readonly<Record<string, unknown>>): unknown => ({
  policy: { ...(request["policy"] as object), egress: request["patch"] ?? [] },
});

/** Rules that do nothing: none of them may pass a single MUST check. */
export const nullRules: readonly RuleSubject[] = [
  nullRule(
    "no items, complete",
    always({ items: [], ended: "complete" }, null, () => ({ policy: { defaultAction: "deny", egress: [] } })),
  ),
  nullRule(
    "no items, truncated",
    always({ items: [], ended: "truncated" }, 0, () => ({ error: "empty" })),
  ),
  nullRule(
    "no items, error",
    always({ items: [], ended: "error" }, 1, () => ({ error: "limit" })),
  ),
  nullRule(
    "one malformed item",
    always({ items: [{ malformed: true }], ended: "error" }, -1, () => ({ error: "target" })),
  ),
  nullRule("echo", (request) => request),
  nullRule("throw", () => {
    throw new Error("no");
  }),
  nullRule("refuse", () => ({ refused: "no" })),
  nullRule("fault", () => ({ fault: "unsupported" })),
  nullRule("always null, identity", always({ items: [], ended: "complete" }, null, identity)),
  nullRule("always 0, patch only", always({ items: [], ended: "complete" }, 0, patchOnly)),
  nullRule(
    "always an error of the action",
    always({ items: [], ended: "complete" }, Number.NaN, () => ({ error: "action" })),
  ),
];
