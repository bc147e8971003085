export { createExecution, type ExecutionApi } from "./execution-api.js";
export type {
  SandboxConnection,
  /** @deprecated Use `SandboxConnection`. */
  SandboxConnection as ExecutionOptions,
} from "@rxsandbox/transport/calls";
export type { Commands, IterateOptions } from "./commands/commands.js";
export type { StallOptions } from "./stream/stall-timeout.js";
export type { RunOptions, StartOptions } from "./commands/run-options.js";
export type { CommandHandle } from "./commands/command-handle.js";
export type { FollowEvent, FollowOutput } from "./follow/follow-event.js";
export type { FollowEncoding, FollowOptions, HandleFollowOptions, ResumeOptions } from "./follow/follow-options.js";
export type { FollowToken } from "./follow/follow-token.js";
export type { CommandStatus } from "./commands/command-status.js";
export { logCursor, type CommandLogs, type LogCursor } from "./commands/command-logs.js";
export type { Session } from "./sessions/session.js";
export type { SessionIterateOptions, SessionOptions, SessionRunOptions } from "./sessions/session-options.js";
export type { Code } from "./code/code.js";
export type { CodeContext } from "./code/code-context.js";
export type { CodeContextOptions, CodeTarget } from "./code/code-options.js";
export { codeResult, type CodeResult } from "./code/code-result.js";
export { createIsolation, type Isolation } from "./isolation/isolation.js";
export type { IsolatedSession } from "./isolation/isolated-session.js";
export type { IsolatedSessionInfo, IsolationCapabilities } from "./isolation/isolation-info.js";
export type { IsolatedBind, IsolatedRunOptions, IsolatedSessionOptions } from "./isolation/isolation-options.js";
export {
  executionEnd,
  type EndEvent,
  type ExecutionEnd,
  /** @deprecated Use `EndEvent`. */
  type EndEvent as TerminalEvent,
} from "./execution-end.js";
export { stdoutText, stderrText, type TextOptions } from "./operators/output-texts.js";
export { outputLines, stdoutLines, stderrLines, type OutputLine } from "./operators/output-lines.js";
export { toExecution, type Execution } from "./operators/to-execution.js";
export { collectOutput, type RunOutcome, type RunOutput } from "./operators/collect-output.js";
export type { CollectedOutput } from "./operators/collected-output.js";
export type { CapturedText } from "./operators/kept-text.js";
export { writtenText, type OutputStream } from "./operators/written-text.js";
export { exitCode } from "./operators/exit-code.js";
export { throwOnFailure, CommandFailedError, type CommandFailure } from "./operators/throw-on-failure.js";
export { liveness, type Liveness, type LivenessOptions } from "./operators/liveness.js";
export { transcript, type FollowedText, type Transcript, type TranscriptOptions } from "./transcript/transcript.js";
export type { LineStream, TranscriptLine } from "./transcript/line-buffer.js";
export { waitForOutput, type OutputMatch, type WaitForOutputOptions } from "./operators/wait-for-output.js";
export { abortWith } from "./operators/abort-with.js";
export type { Terminals } from "./terminals/terminals.js";
export type { Terminal } from "./terminals/terminal.js";
export type { TerminalInfo } from "./terminals/terminal-calls.js";
export type {
  AttachOptions,
  TerminalConnectionOptions,
  TerminalMode,
  TerminalOptions,
  TerminalSignal,
} from "./terminals/terminal-options.js";
export type { TerminalBytes, TerminalGap, TerminalOutput, TerminalState } from "./terminals/terminal-output.js";
export { terminalText } from "./terminals/terminal-text.js";
export type { Metrics } from "./metrics/metrics.js";
export type { WatchMetricsOptions } from "./metrics/watch-metrics.js";
