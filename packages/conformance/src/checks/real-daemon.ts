import type { CheckContext } from "../model/check-context.js";
import type { Endpoint } from "../model/endpoint.js";
import { Blocked } from "../model/outcome.js";
import { eventRun, linesOf } from "./event-run.js";

/**
 * A control for checks of shapes alone: the daemon computes what nobody told it. Without it the check is blocked, since
 * answers of the right shape prove nothing where nothing is behind them.
 */
export async function realDaemon(context: CheckContext, execd: Endpoint): Promise<void> {
  const [one, two, nonce] = [
    context.random.integer(100, 999),
    context.random.integer(100, 999),
    context.random.token(),
  ];
  const run = await eventRun(execd, "/command", { command: `echo $((${one} * ${two}))-${nonce}` });
  if (linesOf(run, "stdout").join() !== `${one * two}-${nonce}`) throw new Blocked("running a command that computes");
}
