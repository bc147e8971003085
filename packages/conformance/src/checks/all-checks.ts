import type { Check } from "../check/check.js";
import { commandExitChecks } from "./command/exit-status.js";
import { commandStreamChecks } from "./command/stream.js";
import { createChecks } from "./lifecycle/create.js";
import { policyPatchChecks } from "./policy/patch.js";

/** Every check of the suite, in the order of reports. */
export const allChecks: readonly Check[] = [...createChecks, ...commandStreamChecks, ...commandExitChecks, ...policyPatchChecks];
