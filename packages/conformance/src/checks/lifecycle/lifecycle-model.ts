import fc from "fast-check";

/** One step of a command sequence: what to do, and to which of the two sandboxes. */
export interface LifecycleStep {
  readonly verb:
    "pause" | "resume" | "renew" | "set-metadata" | "remove-metadata" | "read" | "list" | "delete" | "create";
  readonly slot: 0 | 1;
  /** What renewing adds in seconds, or the value of the metadata. */
  readonly amount: number;
}

/** What the model knows of one sandbox. Transitional states do not appear: only outcomes are required. */
export interface ModelSandbox {
  readonly state: "Running" | "Paused";
  readonly metadata: Readonly<Record<string, string>>;
}

/** The outcome that a step must have. */
export interface StepOutcome {
  /** Statuses that are right; more than one where texts leave it open. */
  readonly statuses: readonly number[];
  /** The sandbox afterwards; `undefined` is gone. */
  readonly after: ModelSandbox | undefined;
}

/** The key that steps set and remove. */
export const MODEL_KEY = "rx-model";

/**
 * What the protocol requires of one step (`lifecycle.md` 4 and 6): pause makes Running Paused and is refused for
 * Paused; resume the other way round; renew, patch and read work in both; everything on a sandbox that is gone is 404.
 */
export function outcomeOf(step: LifecycleStep, before: ModelSandbox | undefined): StepOutcome {
  if (before === undefined) return { statuses: [404], after: undefined };
  const refused: StepOutcome = { statuses: [409], after: before };
  switch (step.verb) {
    case "pause":
      // A paused sandbox has a check of its own (L10); here any refusal will do.
      return before.state === "Running"
        ? { statuses: [202], after: { ...before, state: "Paused" } }
        : { statuses: [409, 500], after: before };
    case "resume":
      return before.state === "Paused" ? { statuses: [202], after: { ...before, state: "Running" } } : refused;
    case "set-metadata":
      return {
        statuses: [200],
        after: { ...before, metadata: { ...before.metadata, [MODEL_KEY]: `v${step.amount}` } },
      };
    case "remove-metadata": {
      const { [MODEL_KEY]: _removed, ...rest } = before.metadata;
      return { statuses: [200], after: { ...before, metadata: rest } };
    }
    case "delete":
      return { statuses: [204], after: undefined };
    case "renew":
    case "read":
    case "list":
    case "create":
      return { statuses: [200], after: before };
  }
}

const verbs = { pause: 4, resume: 4, renew: 2, "set-metadata": 3, "remove-metadata": 2, read: 2, list: 2 } as const;

/** Sequences of steps over two sandboxes; deletes and new creates only where a run can afford them. */
export function lifecycleSequences(maxLength: number, hasDeletes: boolean): fc.Arbitrary<readonly LifecycleStep[]> {
  const weights: Readonly<Record<string, number>> = hasDeletes ? { ...verbs, delete: 1, create: 1 } : verbs;
  const verb = fc.oneof(
    ...Object.entries(weights).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as LifecycleStep["verb"]),
    })),
  );
  return fc.array(
    fc.record({ verb, slot: fc.constantFrom(0 as const, 1 as const), amount: fc.integer({ min: 1, max: 900 }) }),
    { minLength: 1, maxLength },
  );
}
