import type { Check } from "../model/check.js";
import { backgroundChecks } from "./command/background.js";
import { commandExitChecks } from "./command/exit-status.js";
import { interruptChecks } from "./command/interrupt.js";
import { commandOutputChecks } from "./command/output.js";
import { commandRequestChecks } from "./command/request.js";
import { commandStreamChecks } from "./command/stream.js";
import { codeChecks } from "./code/code.js";
import { daemonChecks } from "./daemon/daemon.js";
import { transferChecks } from "./files/transfer.js";
import { treeChecks } from "./files/tree.js";
import { lifecycleChecks } from "./lifecycle/lifecycle-checks.js";
import { createdPolicyChecks } from "./policy/created.js";
import { policyPatchChecks } from "./policy/patch.js";
import { policyRemoveChecks } from "./policy/remove.js";
import { policyReplaceChecks } from "./policy/replace.js";
import { policySequenceChecks } from "./policy/sequence.js";
import { sidecarChecks } from "./policy/sidecar.js";
import { commandReadings } from "./readings/command-readings.js";
import { daemonReadings } from "./readings/daemon-readings.js";
import { fileReadings } from "./readings/file-readings.js";
import { sessionReadings } from "./readings/session-readings.js";
import { ruleSubjectChecks } from "./rules.js";
import { terminalReplayChecks } from "./terminal/replay.js";
import { terminalChecks } from "./terminal/terminal.js";
import { vaultChangeChecks } from "./vault/changes.js";
import { vaultEffectChecks } from "./vault/effect.js";
import { vaultSequenceChecks } from "./vault/sequence.js";
import { vaultChecks } from "./vault/vault.js";
import { sessionChecks } from "./session/session.js";
import { sessionEndChecks } from "./session/session-end.js";
import { sessionStateChecks } from "./session/session-state.js";

/** Every check of the suite, in the order of reports. */
export const allChecks: readonly Check[] = [
  ...lifecycleChecks,
  ...commandStreamChecks,
  ...commandOutputChecks,
  ...commandExitChecks,
  ...commandRequestChecks,
  ...backgroundChecks,
  ...interruptChecks,
  ...sessionChecks,
  ...sessionStateChecks,
  ...sessionEndChecks,
  ...transferChecks,
  ...treeChecks,
  ...daemonChecks,
  ...codeChecks,
  ...terminalChecks,
  ...terminalReplayChecks,
  ...commandReadings,
  ...sessionReadings,
  ...fileReadings,
  ...daemonReadings,
  ...createdPolicyChecks,
  ...sidecarChecks,
  ...policyPatchChecks,
  ...policyRemoveChecks,
  ...policySequenceChecks,
  ...policyReplaceChecks,
  ...vaultChecks,
  ...vaultChangeChecks,
  ...vaultSequenceChecks,
  ...vaultEffectChecks,
  ...ruleSubjectChecks,
];
