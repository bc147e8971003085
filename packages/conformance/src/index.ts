export { runConformance } from "./engine/run/run-conformance.js";
export { audits, type Audit, type Audits } from "./engine/run/audits.js";
export type { ConformanceOptions } from "./engine/run/conformance-options.js";
export type { ConformanceProgress } from "./engine/run/conformance-progress.js";
export type { BlamedClause, ConformanceReport } from "./engine/run/conformance-report.js";
export type { CheckResult } from "./engine/run/check-result.js";
export type { Conclusion, ProcessExit } from "./engine/verdict/conclude.js";
export { allChecks } from "./checks/all-checks.js";
export { readCatalogue, type Catalogue } from "./model/read-catalogue.js";
export { protocolUrl, type Clause } from "./model/clause.js";
export type { Capability, Check, Depth, Group, Level, Part } from "./model/check.js";
export type { CheckContext, Expectation, PropertyPlan, SandboxFixture, SandboxWishes } from "./model/check-context.js";
export type { CallRequest, Endpoint, OpenExchange } from "./model/endpoint.js";
export type { MessageSocket, SocketData } from "./model/message-socket.js";
export type { Evidence, Finding, Times, Verdict } from "./model/verdict.js";
export { reasonText, type ReasonCode } from "./model/reason-code.js";
export { Blocked, NoAnswer, NotApplicable, Unverifiable, Violation } from "./model/outcome.js";
export type {
  AccessPath,
  EchoService,
  LifecycleAddress,
  RuleSubject,
  ServerAddress,
  ServerSubject,
  Subject,
} from "./model/subject.js";
export type { SandboxSetup } from "./model/sandbox-setup.js";
export type { Capture, Operation } from "./model/operation.js";
export type { CaseRecord } from "./engine/run/recorder.js";
export type { WireChunk, WireEnd, WireExchange, WireHead } from "./model/wire-exchange.js";
export { bytesOf, headerOf, jsonOf, objectOf, statusOf, textOf } from "./model/read-exchange.js";
export type { Observation } from "./engine/run/check-session.js";
export type { CaseStatistics } from "./engine/run/run-property.js";
export type { CapabilityFact } from "./engine/reach/capability-facts.js";
export { readBaseline, shippedBaselines } from "./engine/verdict/read-baseline.js";
export type { Baseline, BaselineEntry } from "./engine/verdict/baseline.js";
export type { BaselineOutcome } from "./engine/verdict/match-baseline.js";
export type { SeededRandom } from "./model/seeded-random.js";
export { InvalidArgumentError } from "./model/invalid-argument-error.js";
export { connectRule, type ConnectedRule } from "./rules/port/connect-rule.js";
export type { RulePortOptions } from "./rules/port/rule-port-options.js";
export { rulesInProcess, type RuleFunctions } from "./rules/rules-in-process.js";
export { RuleFault } from "./rules/rule-fault.js";
export type { RuleOp } from "./rules/rule-port.js";
export { runRuleChecks, type RuleCheckResult, type RuleRunOptions } from "./rules/run-rule-checks.js";
export { canaries } from "./proof/self-check/canaries.js";
export type { Canary } from "./proof/self-check/canary.js";
export { selfCheck, type SelfCheckOptions } from "./proof/self-check/self-check.js";
export type { CanaryState, SelfCheckResult } from "./model/self-check-result.js";
export { writeReports, type WriteReportsOptions } from "./report/write-reports.js";
export {
  readReport,
  type WrittenChunk,
  type WrittenExchange,
  type WrittenRecord,
  type WrittenReport,
  type WrittenResult,
} from "./report/written-report.js";
export { diffReports, diffText, type ReportChange, type ReportDiff } from "./report/diff-reports.js";
export { matrixText, reportMatrix, type MatrixRow, type ReportMatrix } from "./report/report-matrix.js";
export { matrixPage } from "./report/html/matrix-page.js";
export { replay, type ReplayOptions } from "./report/reproducer/replay.js";
export type { ReplayAnswer } from "./report/reproducer/replay-answer.js";
export { readCase, type ReproducerCase } from "./report/reproducer/reproducer-case.js";
export type { GeneratedCase } from "./engine/run/recorder.js";
export {
  type AnalysisOfRecordings,
  analyzeRecordings,
  type BodyEnd,
  codeOutcome,
  type CodeRunFacts,
  damageRecordings,
  type DamageTally,
  type Decoded,
  type DecodedItem,
  type DecodeExpectation,
  type DecodeVector,
  decodeVectors,
  type EgressOutcome,
  type EgressRefusal,
  type Envelope,
  type ExitExpectation,
  exitOfStatus,
  exitOfStream,
  type ExitStatus,
  type Frame,
  freezeAnalysis,
  frozenAnalyses,
  type FrozenAnalysis,
  type InferableExecution,
  judgeCodeRuns,
  judgeDecoded,
  judgeEgress,
  judgeExit,
  judgeExitSources,
  judgeLiveness,
  judgeLog,
  judgeLogPages,
  judgeStream,
  judgeText,
  type Lines,
  type LogPage,
  mergeModel,
  officialExitCode,
  type OracleFinding,
  parseBytes,
  parseWhole,
  type ReadStream,
  type RecordingAnalysis,
  removeModel,
  streamedLines,
  type StreamFacts,
  type StreamKind,
  writtenLines,
  type WrittenOutput,
} from "./oracles/index.js";
export type {
  Alteration,
  GatewayAnswer,
  GatewayPart,
  GatewayRequest,
  SocketMessage,
  StreamAct,
  StreamFrame,
} from "./gateway/index.js";
