import type { DeliberateDifference } from "./execd-differences.js";

/** Every deliberate difference of the reference server's egress sidecar, by case. */
export const EGRESS_DIFFERENCES: Readonly<Record<string, DeliberateDifference>> = {
  "egress/policy/default-action": {
    reason: "G06, reference as specified: an unknown default action is refused with 400 instead of failing open",
    aspects: ["0:status", "0:headers", "0:body", "1:body", "6:status", "6:headers", "6:body", "7:body"],
  },
  "egress/policy/nft": {
    reason: "egress.md 2.1: the embedded server keeps policies and filters no packets, so it never claims dns+nft",
    aspects: bodiesOf(0, 1, 2, 3, 4, 6),
  },
  "egress/policy/nft-failure": {
    reason: "G12: without a packet filter no change can fail half-way",
    aspects: ["0:body", ...refusalsOf(1, 2, 3), "4:body"],
  },
  "egress/vault/patch-messages": {
    reason: "G13, reference as specified: 409 is a conflict of revisions, not any text that holds the word",
    aspects: ["8:status"],
  },
};

function bodiesOf(...steps: readonly number[]): readonly string[] {
  return steps.map((step) => `${step}:body`);
}

function refusalsOf(...steps: readonly number[]): readonly string[] {
  return steps.flatMap((step) => ["status", "headers", "body"].map((aspect) => `${step}:${aspect}`));
}
