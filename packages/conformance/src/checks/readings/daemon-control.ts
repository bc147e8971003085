import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { Blocked } from "../../model/outcome.js";
import { statusOf } from "../../model/read-exchange.js";
import { realDaemon } from "../real-daemon.js";

/** The controls of checks that only observe: a daemon that computes, and knows what it does not have. */
export async function observedDaemon(context: CheckContext): Promise<Endpoint> {
  const execd = await context.execd();
  await realDaemon(context, execd);
  context.positive("the daemon computes");
  if (statusOf(await execd.call({ method: "GET", path: `/${context.random.token()}` })) !== 404)
    throw new Blocked("refusing an unknown route");
  context.negative("an unknown route is 404");
  return execd;
}
