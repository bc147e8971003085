import type { EgressOutcome } from "../oracles/egress-model.js";
import type { Decoded } from "../oracles/parsers/decoded.js";
import { RuleFault } from "./rule-fault.js";
import type { DecodeRequest, InferRequest, MergeRequest, RemoveRequest, RuleOp, RuleRequest } from "./rule-port.js";
import type { RuleSubject } from "../model/subject.js";

/** Rules as functions; what is left out is not offered. A rule may refuse any input with `{ refused }`. */
export interface RuleFunctions {
  readonly decode?: (
    chunks: readonly Uint8Array[],
    end: DecodeRequest["end"],
    contentType: string,
  ) => Decoded | Refusal | Promise<Decoded | Refusal>;
  readonly infer?: (execution: InferRequest["execution"]) => number | null | Refusal | Promise<number | null | Refusal>;
  readonly merge?: (
    policy: MergeRequest["policy"],
    patch: MergeRequest["patch"],
    limit: number | undefined,
  ) => EgressOutcome | Refusal;
  readonly remove?: (policy: RemoveRequest["policy"], targets: RemoveRequest["targets"]) => EgressOutcome | Refusal;
}

interface Refusal {
  readonly refused: string;
}

/**
 * Makes a subject of rules that run in this process, with the same checks as over the port.
 *
 * A rule that throws is a fault of the harness, as a crash is over the port: refuse bad input by `{ refused }`.
 *
 * @example
 * const infer: RuleFunctions["infer"] = ({ error, complete }) => (error === null && complete !== null ? 0 : null);
 * const subject = rulesInProcess("mine", { infer });
 * subject.ops; // => ["infer"]
 */
export function rulesInProcess(name: string, rules: RuleFunctions): RuleSubject {
  return {
    kind: "rule",
    name,
    ops: (Object.keys(rules) as RuleOp[]).filter((op) => rules[op] !== undefined),
    ask: async (request) => {
      try {
        return await answer(rules, request as unknown as RuleRequest);
      } catch (error) {
        throw new RuleFault("fault", `the rule threw: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

async function answer(
  { decode, infer, merge, remove }: RuleFunctions,
  request: RuleRequest,
): Promise<Readonly<Record<string, unknown>>> {
  if (request.op === "decode" && decode !== undefined)
    return {
      ...(await decode(
        request.chunks.map((chunk) => Buffer.from(chunk, "base64")),
        request.end,
        request.contentType,
      )),
    };
  if (request.op === "infer" && infer !== undefined) {
    const code = await infer(request.execution);
    return typeof code === "object" && code !== null ? { ...code } : { exitCode: code };
  }
  if (request.op === "merge" && merge !== undefined) return { ...merge(request.policy, request.patch, request.limit) };
  if (request.op === "remove" && remove !== undefined) return { ...remove(request.policy, request.targets) };
  return { fault: "unsupported" };
}
