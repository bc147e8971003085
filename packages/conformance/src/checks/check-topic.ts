import type { Check, SharedRun } from "../model/check.js";

/** What the checks of one topic have in common. */
export type TopicDefaults = Pick<Check, "part" | "group" | "capability"> &
  Partial<Pick<Check, "level" | "depth" | "requires" | "runsAlone" | "startsFirst">> & { readonly topic: string };

/** A check without what its topic says; `level` is MUST and `depth` quick unless somebody says otherwise. */
export type TopicCheck = Omit<Check, "id" | "part" | "group" | "capability" | "level" | "depth" | "shared"> &
  Partial<Pick<Check, "capability" | "level" | "depth">> & {
    /** Further checks that the same run judges with `context.claim`, by the last part of their ids. */
    readonly claims?: Readonly<Record<string, Pick<Check, "title" | "clauses"> & Partial<Pick<Check, "level">>>>;
  };

/** Makes the checks of one topic; the keys are the last parts of their ids. */
export function checkTopic(defaults: TopicDefaults, checks: Readonly<Record<string, TopicCheck>>): readonly Check[] {
  const { topic, ...common } = defaults;
  return Object.entries(checks).flatMap(([name, { claims, ...rest }]) => {
    const idOf = (last: string): string => `${common.part}/${topic}/${last}`;
    const check: Check = { level: "MUST", depth: "quick", ...common, ...rest, id: idOf(name) };
    if (claims === undefined) return [check];
    const all = new Map<string, Check>();
    const shared: SharedRun = { id: check.id, claims: all };
    all.set(name, { ...check, shared });
    for (const [last, claim] of Object.entries(claims)) all.set(last, { ...check, ...claim, id: idOf(last), shared });
    return [...all.values()];
  });
}
