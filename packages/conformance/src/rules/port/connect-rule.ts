import type { RuleSubject } from "../../model/subject.js";
import { RuleFault } from "../rule-fault.js";
import type { RuleOp } from "../rule-port.js";
import type { RulePortOptions } from "./rule-port-options.js";
import { startRuleProcess, type RuleProcess } from "./rule-process.js";

/** A rule behind the port. */
export interface ConnectedRule extends RuleSubject {
  readonly version: string;
  /** How often the program was started again after a fault or a silence. */
  readonly restarts: number;
  /**
   * Closes stdin and waits for the program; gives its exit code, `undefined` when it had to be killed. It has to be 0.
   */
  close(): Promise<number | undefined>;
}

const port = 1;
const knownOps: readonly RuleOp[] = ["decode", "infer", "merge", "remove"];

/**
 * Starts a rule in any language and says hello (`port.schema.json`).
 *
 * Producer: one program; after a fault or a silence it is started once more, for the next request. Unless it then
 * answers something, it stays down: one bad input costs one check, a broken program does not run for ever. Errors:
 * rejects with a {@link RuleFault} when the program cannot be started, is silent or has no port in common: then no rule
 * was reached. Bounds: one request at a time; lines of 64 MiB.
 */
export async function connectRule(options: RulePortOptions): Promise<ConnectedRule> {
  const { answerMs = 10_000, exitMs = 5_000 } = options;
  let { process, hello } = await started(options);
  let restarts = 0;
  let isBarren = false;
  let count = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function ask(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    if (process.isOver) {
      if (isBarren) throw new RuleFault("fault", "the rule is down: started again, it answered nothing");
      restarts++;
      isBarren = true;
      ({ process, hello } = await started(options));
    }
    const id = request["id"] ?? `r${++count}`;
    const answer = await process.exchange({ ...request, id }, answerMs);
    if (answer["id"] === id) {
      isBarren = false;
      return answer;
    }
    await process.end(0);
    throw new RuleFault("fault", `asked with id ${JSON.stringify(id)}, answered with ${JSON.stringify(answer["id"])}`);
  }

  return {
    kind: "rule",
    name: hello.name,
    version: hello.version,
    ops: hello.ops,
    get restarts() {
      return restarts;
    },
    ask: (request) => {
      const answer = turn.then(() => ask(request));
      // The next request waits for this one, whatever becomes of it.
      turn = answer.catch(() => undefined);
      return answer;
    },
    close: () => process.end(exitMs),
  };
}

interface Hello {
  readonly name: string;
  readonly version: string;
  readonly ops: readonly RuleOp[];
}

async function started(options: RulePortOptions): Promise<{ process: RuleProcess; hello: Hello }> {
  const process = startRuleProcess(options);
  const answer = await process.exchange({ op: "hello", port }, options.helloMs ?? 10_000);
  const { name, version, ops } = answer;
  if (answer["port"] !== port || typeof name !== "string" || !Array.isArray(ops)) {
    await process.end(0);
    throw new RuleFault("fault", `no common port: ${JSON.stringify(answer).slice(0, 200)}`);
  }
  return {
    process,
    hello: {
      name,
      version: typeof version === "string" ? version : "",
      ops: knownOps.filter((op) => ops.includes(op)),
    },
  };
}
