import { codeMutants } from "./planted/codes.js";
import { commandMutants } from "./planted/commands.js";
import { commandStreamMutants } from "./planted/command-streams.js";
import { createMutants } from "./planted/creates.js";
import { daemonMutants } from "./planted/daemons.js";
import { fileTransferMutants } from "./planted/file-transfers.js";
import { fileTreeMutants } from "./planted/file-trees.js";
import { policyMutants } from "./planted/policies.js";
import { sandboxMutants } from "./planted/sandboxes.js";
import { sessionMutants } from "./planted/sessions.js";
import { terminalMutants } from "./planted/terminals.js";
import { vaultEffectMutants } from "./planted/vault-effects.js";
import { vaultMutants } from "./planted/vaults.js";
import type { ServerMutant } from "./server-mutant.js";

/** Every wrong server. */
export const serverMutants: readonly ServerMutant[] = [
  ...commandStreamMutants,
  ...commandMutants,
  ...sessionMutants,
  ...fileTransferMutants,
  ...fileTreeMutants,
  ...daemonMutants,
  ...codeMutants,
  ...terminalMutants,
  ...policyMutants,
  ...vaultMutants,
  ...vaultEffectMutants,
  ...createMutants,
  ...sandboxMutants,
];
