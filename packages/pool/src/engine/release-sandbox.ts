import { firstValueFrom } from "rxjs";
import type { Acquired } from "./acquire-sandbox.js";
import { idleLifeSeconds, type PoolConnection } from "./pool-connection.js";
import type { PoolKeeper } from "./pool-keeper.js";
import { untilAnswered } from "./store-calls.js";

/** Ends the use of a sandbox; see `Pool.release`. Rejects with what the kill fails with. */
export async function releaseSandbox(
  context: PoolConnection,
  keeper: PoolKeeper,
  { sandbox, hold }: Acquired,
  isReused: boolean,
): Promise<void> {
  const fate = isReused && !context.isClosed() ? await giveBack(context, { sandbox, hold }) : "kill";
  if (fate !== "kill") {
    context.emit({ type: "released", sandboxId: sandbox.id, outcome: fate });
    return;
  }
  const failure = await context.kills.kill(sandbox.id);
  if (hold !== undefined) keeper.discard(hold);
  if (failure !== undefined) throw failure;
  context.emit({ type: "released", sandboxId: sandbox.id, outcome: "killed" });
}

/** `forgotten`: somebody may use it again already, so its expiry ends it. */
async function giveBack(
  context: PoolConnection,
  { sandbox, hold }: Acquired,
): Promise<"reused" | "forgotten" | "kill"> {
  try {
    await firstValueFrom(sandbox.renew(idleLifeSeconds(context.options)));
  } catch {
    // It cannot be renewed: it is gone, or it would be stale before anybody got it. The kill tells more.
    return "kill";
  }
  try {
    const slot = context.nextId();
    const { answer, isDoubtful } = await untilAnswered(
      () =>
        hold === undefined
          ? context.store.add({ slot, sandboxId: sandbox.id, isReserved: false })
          : context.store.giveBack(hold),
      () => context.isClosed(),
    );
    if (answer === "added") return "reused";
    return answer === "unknown" && isDoubtful ? "forgotten" : "kill";
  } catch {
    // The store may have taken it in with its last, unanswered step.
    return "forgotten";
  }
}
