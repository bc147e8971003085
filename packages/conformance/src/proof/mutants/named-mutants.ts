import { readFileSync } from "node:fs";
import type { ReferenceServerOptions } from "../embedded-subject.js";
import type { Alteration } from "../../gateway/alteration.js";
import type { ServerMutant } from "./server-mutant.js";

const alsoFails = serverKillTable();

type ServerMutantParts = readonly [id: string, title: string, check: string, reason: string];

/** A mutant whose fault shows at the first look; `reason` is `clause/invariant`. */
export function always(
  id: string,
  title: string,
  check: string,
  reason: string,
  alteration: () => Alteration,
): ServerMutant {
  const slash = reason.lastIndexOf("/");
  return {
    id,
    title,
    check,
    reason: { clause: reason.slice(0, slash), invariant: reason.slice(slash + 1) },
    alsoFails: alsoFails[id] ?? [],
    isConditional: false,
    alteration,
  };
}

/**
 * A mutant whose fault is one of the embedded server's own options; it shows under a condition, which its title names.
 */
export function ofServer(
  server: ReferenceServerOptions,
  ...[id, title, check, reason]: ServerMutantParts
): ServerMutant {
  return { ...conditional(id, title, check, reason, () => ({})), server };
}

/** A mutant whose fault shows under a condition only, which its title names. */
export function conditional(...parts: Parameters<typeof always>): ServerMutant {
  return { ...always(...parts), isConditional: true };
}

/**
 * Which checks beside the named one fail for a mutant of a server, as the full matrix found them; by id of the mutant.
 */
export function serverKillTable(): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(readFileSync(new URL("../../../corpus/server-mutants.json", import.meta.url), "utf8")) as Readonly<
    Record<string, readonly string[]>
  >;
}
