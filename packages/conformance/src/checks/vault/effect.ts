import type { CheckContext } from "../../model/check-context.js";
import { Unverifiable } from "../../model/outcome.js";
import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { type VaultTraffic, withTraffic } from "./traffic.js";

/** How long a sidecar may go on with the vault that it has read (`egress.md` 4.8). */
const SETTLE_MS = 500;
/** A vault that was read before is read again after it, also by a sidecar whose clock is coarse. */
const READ_ANEW_MS = 700;

/** What a request carried: the credential that it should, one that it should not any more, or none. */
type Carried = "the right one" | "another one" | "none";

/** A change of a vault, and what it wants of the next request. */
interface Change {
  readonly invariant: "new-value" | "revoked" | "bound-again" | "deleted";
  readonly wanted: Carried;
  readonly observed: Carried;
}

/** What the requests of a sandbox carry after a write (`egress.md` 4.8). */
export const vaultEffectChecks = checkTopic(
  {
    part: "lifecycle",
    topic: "vault-effect",
    group: "vault",
    capability: "vault",
    depth: "standard",
    startsFirst: true,
  },
  {
    settled: {
      title: "half a second after a write of the vault, requests carry what it put in and nothing that it took away",
      clauses: ["egress.vault.settles", "egress.vault.injects"],
      run: (context) =>
        withTraffic(context, async (traffic) => {
          const changes = await changeAll(context, traffic, SETTLE_MS);
          const wrong = changes.find(({ wanted, observed }) => observed !== wanted);
          context.must(wrong === undefined, {
            invariant: wrong?.invariant ?? "new-value",
            expected: wrong?.wanted,
            observed: wrong?.observed,
            times: { hits: changes.filter(({ wanted, observed }) => observed !== wanted).length, of: changes.length },
          });
          context.positive("requests carried each new credential");
          context.negative("and none that was replaced or revoked");
        }),
    },
    "at-once": {
      title: "a write of the vault that was answered is in force for the next request",
      clauses: ["G28"],
      run: (context) =>
        withTraffic(context, async (traffic) => {
          const changes = await changeAll(context, traffic, 0);
          const late = changes.filter(({ wanted, observed }) => observed !== wanted);
          const found = late.map(({ invariant, observed }) => `${invariant}: ${observed}`);
          context.must(late.length === 0, {
            invariant: "in-force",
            expected: "each change in the next request",
            observed: found,
            times: { hits: late.length, of: changes.length },
          });
          context.positive("the next request carried each new credential");
          context.negative("and none that was replaced or revoked");
        }),
    },
  },
);

/**
 * Makes a vault, changes it in every way, and sends a request `settleMs` after each answer; before each change the
 * sidecar has just read the vault.
 */
async function changeAll(
  context: CheckContext,
  { vault, binding, send, isIntercepted }: VaultTraffic,
  settleMs: number,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  let current = vault.credential("a");
  const carried = async (): Promise<Carried> => {
    const text = await send();
    if (text === "") throw new Unverifiable("a request of the sandbox did not reach the echo service");
    if (vault.values.some((value) => value !== current.source.value && text.includes(value))) return "another one";
    return text.includes(current.source.value) ? "the right one" : "none";
  };
  const change = async (
    invariant: Change["invariant"],
    wanted: Carried,
    write: () => Promise<number>,
  ): Promise<void> => {
    if (settleMs === 0) {
      await context.pause(READ_ANEW_MS);
      await send();
    }
    const status = await write();
    context.must(status >= 200 && status < 300, {
      clause: "egress.vault.atomic",
      invariant: "taken",
      expected: "2xx",
      observed: status,
    });
    if (settleMs > 0) await context.pause(settleMs);
    const observed = await carried();
    // What was revoked is still a value that the request should not carry.
    changes.push({
      invariant,
      wanted,
      observed: wanted === "none" && observed === "the right one" ? "another one" : observed,
    });
  };
  const patch = async (json: unknown): Promise<number> => statusOf(await vault.call("PATCH", json));

  const rounds = context.size(1, 1, 6);
  await vault.create([current], [binding]);
  await context.pause(READ_ANEW_MS);
  const first = await carried();
  if (first === "none" && !isIntercepted)
    throw new Unverifiable(
      "requests to a second sandbox carry no credential: give the run an echo service (--echo-url)",
    );
  context.must(first === "the right one", {
    clause: "egress.vault.injects",
    invariant: "put-in",
    expected: "the right one",
    observed: first,
  });
  for (let round = 1; round <= rounds; round++) {
    context.progress(`round ${round} of ${rounds}`);
    await change("new-value", "the right one", () => {
      current = vault.credential("a");
      return patch({ credentials: { replace: [current] } });
    });
    await change("revoked", "none", () => patch({ bindings: { delete: ["b"] } }));
    await change("bound-again", "the right one", () => patch({ bindings: { add: [binding] } }));
  }
  await change("deleted", "none", async () => statusOf(await vault.call("DELETE")));
  return changes;
}
