import type { RuleFunctions } from "@rxsandbox/conformance";
import {
  EgressRuleError,
  inferExitCode,
  mergeEgressRules,
  removeEgressRules,
  toWireEvent,
  type WireEgressPolicy,
} from "@rxsandbox/protocol";
import { decodeEvents, isSandboxError } from "@rxsandbox/transport";
import { concat, from, throwError } from "rxjs";

type Decoded = Exclude<Awaited<ReturnType<NonNullable<RuleFunctions["decode"]>>>, { readonly refused: string }>;
type Item = Decoded["items"][number];
type EgressResult = Exclude<ReturnType<NonNullable<RuleFunctions["merge"]>>, { readonly refused: string }>;

/** Stands for a connection that breaks. */
const broken = new Error("connection reset");

/** What our own client does with streams, exit codes and policies, as rules. */
export const ownRules: Required<RuleFunctions> = {
  decode: async (chunks, end) => {
    const items: Item[] = [];
    const body = from(chunks);
    const events = (
      end === "eof"
        ? body
        : concat(
            body,
            throwError(() => broken),
          )
    ).pipe(decodeEvents({ unit: "line" }));
    try {
      await events.forEach((event) => items.push({ event: toWireEvent(event) as Readonly<Record<string, unknown>> }));
      return { items, ended: "complete" };
    } catch (error) {
      // The decoder's only errors with a body are those that the server reported.
      if (isSandboxError(error) && error.body !== undefined)
        return {
          items: [...items, { envelope: error.body as { readonly code: string; readonly message: string } }],
          ended: "complete",
        };
      return {
        items,
        ended: error === broken || (isSandboxError(error) && error.code === "stream-truncated") ? "truncated" : "error",
      };
    }
  },
  infer: ({ error, complete }) => inferExitCode({ error, complete: complete !== null }),
  merge: (policy, patch, limit) => outcome(() => mergeEgressRules(policy, patch, { maxRules: limit })),
  remove: (policy, targets) => outcome(() => removeEgressRules(policy, targets)),
};

function outcome(change: () => WireEgressPolicy): EgressResult {
  try {
    return { policy: change() };
  } catch (error) {
    if (error instanceof EgressRuleError) return { error: error.kind };
    throw error;
  }
}
