import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { Blocked, Unverifiable } from "../../model/outcome.js";
import { jsonOf, objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";

/** A rule as it is stored. */
export interface StoredRule {
  readonly action: string;
  readonly target: string;
}

/**
 * Rules of a policy that belong to one check: their targets carry a nonce, and only they are looked at.
 *
 * Checks so share a sidecar, even one that is somebody else's: what is removed after the check are its own rules, and
 * the rest stays as it was, in its order.
 */
export interface OwnRules {
  readonly egress: Endpoint;
  /** A target of this check; the case of the name stays. */
  target(name: string): string;
  /** A rule as {@link read} spells it, from `allow name`. */
  spelled(...rules: readonly string[]): readonly string[];
  /** Sends a patch. */
  patch(body: unknown): Promise<WireExchange>;
  /** Sends a patch of rules such as `allow name`, which must be taken. */
  add(...rules: readonly string[]): Promise<void>;
  /** Sends a removal. */
  remove(body: unknown): Promise<WireExchange>;
  /** The check's own rules as `action target`, in order. */
  read(): Promise<readonly string[]>;
}

/** Documentation addresses: the only targets without the mark. */
export const TEST_NET = "192.0.2.";
/** In every target of a run, so that two runs leave each other's rules alone. */
const MARK = "rxconf";

/**
 * Prepares the rules of a check; they are removed after it. Unverifiable where a borrowed policy could not be restored.
 */
export async function ownRules(context: CheckContext, egress?: Endpoint): Promise<OwnRules> {
  const sidecar = egress ?? (await context.egress());
  const nonce = context.random.token();
  const target = (name: string): string => `${name}.${nonce}.${MARK}.example`;
  const isOwn = (rule: StoredRule): boolean => rule.target.toLowerCase().includes(`${nonce}.${MARK}`);
  const rule = (text: string): StoredRule => ({
    action: text.slice(0, text.indexOf(" ")),
    target: target(text.slice(text.indexOf(" ") + 1)),
  });
  const own: OwnRules = {
    egress: sidecar,
    target,
    spelled: (...rules) => rules.map((text) => spellRule(rule(text))),
    patch: (json) => sidecar.call({ method: "PATCH", path: "/policy", json }),
    async add(...rules) {
      const answer = await own.patch(rules.map(rule));
      context.must(statusOf(answer) === 200, { invariant: "patch-is-200", expected: 200, observed: statusOf(answer) });
    },
    remove: (json) => sidecar.call({ method: "DELETE", path: "/policy", json }),
    read: async () => (await storedRules(sidecar)).filter(isOwn).map(spellRule),
  };
  if (context.isSidecarBorrowed) await refuseUnlessRestorable(own);
  const before = foreign(await storedRules(sidecar));
  context.defer("policy", async () => {
    const left = (await storedRules(sidecar)).filter(isOwn);
    if (left.length > 0) await own.remove(left.map((stored) => stored.target));
    if (foreign(await storedRules(sidecar)) !== before || (await own.read()).length > 0)
      throw new Error("the policy is not what it was");
  });
  return own;
}

/** The stored rules; absent, `null` and `[]` are equal (`divergences.md` G04). */
export async function storedRules(egress: Endpoint): Promise<readonly StoredRule[]> {
  const answer = await egress.call({ method: "GET", path: "/policy" });
  const { egress: rules } = policyOf(answer);
  if (statusOf(answer) !== 200) throw new Blocked(`reading the policy (status ${statusOf(answer)})`);
  return Array.isArray(rules)
    ? (rules as readonly StoredRule[]).filter((rule) => typeof rule?.target === "string")
    : [];
}

/** The policy of an answer to `GET /policy`. */
export function policyOf(answer: WireExchange): { readonly defaultAction?: unknown; readonly egress?: unknown } {
  return (
    (objectOf(answer)["policy"] as
      { readonly defaultAction?: unknown; readonly egress?: unknown } | null | undefined) ?? {}
  );
}

/** One spelling of a rule for comparisons. */
export function spellRule({ action, target }: StoredRule): string {
  return `${action} ${target}`;
}

/**
 * A control for checks of single answers: the sidecar keeps what it is told, and gives it up again. Without it the
 * check is blocked.
 */
export async function realSidecar(context: CheckContext): Promise<OwnRules> {
  const own = await ownRules(context);
  const name = context.random.token();
  await own.patch([{ action: "deny", target: own.target(name) }]);
  if ((await own.read()).join() !== own.spelled(`deny ${name}`).join()) throw new Blocked("keeping a rule of a policy");
  await own.remove([own.target(name)]);
  if ((await own.read()).length > 0) throw new Blocked("removing a rule of a policy");
  return own;
}

function foreign(rules: readonly StoredRule[]): string {
  return rules
    .filter(({ target }) => !target.includes(`.${MARK}.`) && !target.startsWith(TEST_NET))
    .map(spellRule)
    .join();
}

async function refuseUnlessRestorable(own: OwnRules): Promise<void> {
  const [read, removal] = [
    await own.egress.call({ method: "GET", path: "/policy" }),
    await own.remove([own.target("probe")]),
  ];
  if (typeof policyOf(read).defaultAction !== "string" || statusOf(removal) !== 200 || jsonOf(removal) === undefined) {
    throw new Unverifiable("the policy of this sidecar could not be restored after a change");
  }
}
