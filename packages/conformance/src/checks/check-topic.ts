import type { Check } from "../model/check.js";

/** What the checks of one topic have in common. */
export type TopicDefaults = Pick<Check, "part" | "group" | "capability"> &
  Partial<Pick<Check, "level" | "depth" | "requires" | "runsAlone" | "startsFirst">> & { readonly topic: string };

/** A check without what its topic says; `level` is MUST and `depth` quick unless somebody says otherwise. */
export type TopicCheck = Omit<Check, "id" | "part" | "group" | "capability" | "level" | "depth"> &
  Partial<Pick<Check, "capability" | "level" | "depth">>;

/** Makes the checks of one topic; the keys are the last parts of their ids. */
export function checkTopic(defaults: TopicDefaults, checks: Readonly<Record<string, TopicCheck>>): readonly Check[] {
  const { topic, ...common } = defaults;
  return Object.entries(checks).map(([claim, check]) => ({
    level: "MUST",
    depth: "quick",
    ...common,
    ...check,
    id: `${common.part}/${topic}/${claim}`,
  }));
}
