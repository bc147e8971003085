import { isObject } from "../oracles/stream-item.js";
import type { DecodedItem, Envelope, Frame } from "../oracles/parsers/decoded.js";
import { RuleFault } from "./rule-fault.js";
import type { RuleAnswer, RuleOp } from "./rule-port.js";

/**
 * Reads the answer to a request; unknown keys are ignored. Throws a {@link RuleFault} for anything that is no answer to
 * it.
 */
export function readAnswer(op: RuleOp, raw: Readonly<Record<string, unknown>>): RuleAnswer {
  if (typeof raw["fault"] === "string") throw new RuleFault("fault", `the rule reports a fault: ${raw["fault"]}`);
  if (typeof raw["refused"] === "string") return { refused: raw["refused"] };
  const answer = op === "decode" ? decodeAnswer(raw) : op === "infer" ? inferAnswer(raw) : egressAnswer(raw);
  if (answer === undefined) throw new RuleFault("fault", `no answer to ${op}: ${JSON.stringify(raw).slice(0, 200)}`);
  return answer;
}

function decodeAnswer({ items, ended }: Readonly<Record<string, unknown>>): RuleAnswer | undefined {
  if (ended !== "complete" && ended !== "truncated" && ended !== "error") return undefined;
  if (!Array.isArray(items)) return undefined;
  const read = items.map(itemOf);
  return read.includes(undefined) ? undefined : { items: read as readonly DecodedItem[], ended };
}

function itemOf(item: unknown): DecodedItem | undefined {
  if (!isObject(item)) return undefined;
  if (isObject(item["event"])) return { event: item["event"] as Frame };
  if (isObject(item["envelope"])) return { envelope: item["envelope"] as Envelope };
  return item["malformed"] === true ? { malformed: true } : undefined;
}

function inferAnswer({ exitCode }: Readonly<Record<string, unknown>>): RuleAnswer | undefined {
  return exitCode === null || typeof exitCode === "number" ? { exitCode } : undefined;
}

function egressAnswer({ policy, error }: Readonly<Record<string, unknown>>): RuleAnswer | undefined {
  if (error === "empty" || error === "action" || error === "target" || error === "limit") return { error };
  if (!isObject(policy) || typeof policy["defaultAction"] !== "string") return undefined;
  const egress = policy["egress"] ?? [];
  if (!Array.isArray(egress) || !egress.every((rule) => isObject(rule) && typeof rule["target"] === "string"))
    return undefined;
  return { policy: { defaultAction: policy["defaultAction"], egress } };
}
