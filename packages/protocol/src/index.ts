export { inferExitCode, type ExitEvidence } from "./execd/infer-exit-code.js";
export { mergeEgressRules, removeEgressRules, type MergeEgressOptions } from "./egress/merge-egress-rules.js";
export { normalizeEgressTarget } from "./egress/normalize-egress-target.js";
export { evaluateEgress } from "./egress/evaluate-egress.js";
export { EgressRuleError, type EgressRuleErrorKind } from "./egress/egress-rule-error.js";
export type { EgressAction } from "./egress/egress-action.js";
export {
  nextStates,
  canReach,
  isKnownState,
  isTerminalState,
  isTransitionalState,
  type SandboxState,
  type KnownSandboxState,
} from "./lifecycle/sandbox-state.js";
export { isRetryable, type RetryQuestion } from "./retry/is-retryable.js";
export { httpDateMs, retryAfterSeconds } from "./retry/retry-after-seconds.js";
export { retryDelayMs, type RetryDelayQuestion } from "./retry/retry-delay-ms.js";
export { fromWireEvent } from "./execd/from-wire-event.js";
export { toWireEvent } from "./execd/to-wire-event.js";
export type {
  ExecutionEvent,
  ExecutionError,
  TextUnit,
  InitEvent,
  OutputEvent,
  ResultEvent,
  RunFacts,
  ErrorEvent,
  ExecutionCompleteEvent,
  StatusEvent,
  ExecutionCountEvent,
  PingEvent,
  UnknownEvent,
} from "./execution-event.js";
export {
  EXECD_PORT,
  EGRESS_PORT,
  API_KEY_HEADER,
  EXECD_TOKEN_HEADER,
  EGRESS_AUTH_HEADER,
  SECURE_ACCESS_HEADER,
  INGRESS_HEADER,
  REQUEST_ID_HEADER,
  LOG_CURSOR_HEADER,
  RESERVED_METADATA_PREFIX,
  CREATE_ID_METADATA_KEY,
  VAULT_SETTLE_MS,
  MIN_TIMEOUT_SECONDS,
  MAX_PAGE_SIZE,
} from "./constants.js";
export type {
  WireImageSpec,
  WirePlatform,
  WireNetworkPolicy,
  WireHostVolume,
  WirePvcVolume,
  WireOssfsVolume,
  WireVolume,
  WireCreateSandboxRequest,
  WireSandboxStatus,
  WireSandbox,
  WirePagination,
  WireSandboxList,
  WireSnapshot,
  WireSnapshotList,
  WireDiagnosticContent,
  WireEndpoint,
  WireRenewRequest,
  WireRenewResponse,
  WireErrorBody,
  WireValidationDetail,
} from "./lifecycle/wire.js";
export type {
  WireRunCommandRequest,
  WireRunInSessionRequest,
  WireCreateCodeContextRequest,
  WireCodeContext,
  WireRunCodeRequest,
  WireCreateIsolatedSessionRequest,
  WireRunIsolatedRequest,
  WireExecutionError,
  WireExecutionEvent,
  WireCommandStatus,
  WireFileInfo,
  WirePermission,
  WireMetrics,
} from "./execd/wire.js";
export type { WireEgressRule, WireEgressPolicy, WirePolicyResponse } from "./egress/wire.js";
export type {
  WireCredential,
  WireCredentialMatch,
  WireCredentialAuth,
  WireCredentialBinding,
  WireVaultCreateRequest,
  WireVaultPatchRequest,
  WireCredentialMetadata,
  WireCredentialBindingMetadata,
  WireVaultState,
} from "./egress/vault-wire.js";
export { operations, type ProtocolOperation } from "./operations.js";
