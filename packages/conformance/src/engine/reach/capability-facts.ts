import type { Capability } from "../../model/check.js";

/** What is known about one capability, and how. */
export interface CapabilityFact {
  readonly capability: Capability;
  readonly isDeclared: boolean;
  /** Whether the subject showed it; `undefined` when it was never asked. */
  readonly isPresent: boolean | undefined;
  /** What answered, in a few words. */
  readonly how: string;
}

/** Asks a subject for a capability; gives whether it is there and what answered. */
export type CapabilityProbe = (
  capability: Capability,
) => Promise<{ readonly isPresent: boolean; readonly how: string }>;

/** What the subject can do: probed once per capability, when somebody first asks. */
export interface CapabilityFacts {
  has(capability: Capability): Promise<boolean>;
  isDeclared(capability: Capability): boolean;
  fact(capability: Capability): Promise<CapabilityFact>;
  /** Everything asked so far. */
  all(): Promise<readonly CapabilityFact[]>;
}

/** Makes the facts of a run. `core` and whatever a subject's kind implies is never probed away. */
export function capabilityFacts(declared: readonly Capability[], probe: CapabilityProbe): CapabilityFacts {
  const known = new Map<Capability, Promise<CapabilityFact>>();
  const ask = async (capability: Capability): Promise<CapabilityFact> => {
    const isDeclared = declared.includes(capability);
    if (capability === "core") return { capability, isDeclared: true, isPresent: true, how: "always" };
    return { capability, isDeclared, ...(await probe(capability)) };
  };
  const fact = (capability: Capability): Promise<CapabilityFact> => {
    const found = known.get(capability) ?? ask(capability);
    known.set(capability, found);
    return found;
  };
  return {
    has: async (capability) => (await fact(capability)).isPresent === true,
    isDeclared: (capability) => capability === "core" || declared.includes(capability),
    fact,
    async all() {
      const settled = await Promise.allSettled(known.values());
      return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    },
  };
}
