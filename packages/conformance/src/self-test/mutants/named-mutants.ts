import type { Alteration } from "../../gateway/alteration.js";
import { serverKillTable } from "./server-kill-table.js";
import type { ServerMutant } from "./server-mutant.js";

const alsoFails = serverKillTable();

/** A mutant whose fault shows at the first look; `reason` is `clause/invariant`. */
export function always(id: string, title: string, check: string, reason: string, alteration: () => Alteration): ServerMutant {
  const slash = reason.lastIndexOf("/");
  return { id, title, check, reason: { clause: reason.slice(0, slash), invariant: reason.slice(slash + 1) }, alsoFails: alsoFails[id] ?? [], isConditional: false, alteration };
}

/** A mutant whose fault shows under a condition only, which its title names. */
export function conditional(...parts: Parameters<typeof always>): ServerMutant {
  return { ...always(...parts), isConditional: true };
}
