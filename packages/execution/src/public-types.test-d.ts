import type { Observable, ObservableInput, OperatorFunction } from "rxjs";
import { expectTypeOf } from "vitest";
import type { ExecutionError, ExecutionEvent } from "@rxsandbox/protocol";
import {
  abortWith,
  executionEnd,
  exitCode,
  liveness,
  outputLines,
  stderrLines,
  stderrText,
  stdoutLines,
  stdoutText,
  throwOnFailure,
  toExecution,
  type CommandHandle,
  type CommandLogs,
  type CommandStatus,
  type Code,
  type CodeContext,
  type CodeResult,
  type CodeTarget,
  type Commands,
  type Execution,
  type ExecutionApi,
  type ExecutionEnd,
  type Liveness,
  type LogCursor,
  type OutputLine,
  type RunOptions,
  type Session,
  type SessionRunOptions,
  type StartOptions,
  type EndEvent,
} from "./index.js";

/** What a call promises to the compiler; checked with all other types, never run. */
expectTypeOf<Commands["run"]>().returns.toEqualTypeOf<Observable<ExecutionEvent>>();
expectTypeOf<Commands["iterate"]>().returns.toEqualTypeOf<AsyncIterable<ExecutionEvent>>();
expectTypeOf<Commands["start"]>().returns.toEqualTypeOf<Observable<CommandHandle>>();
expectTypeOf<Commands["getStatus"]>().returns.toEqualTypeOf<Observable<CommandStatus>>();
expectTypeOf<Commands["getLogs"]>().parameters.toEqualTypeOf<[commandId: string, cursor?: LogCursor | undefined]>();
expectTypeOf<Commands["getLogs"]>().returns.toEqualTypeOf<Observable<CommandLogs>>();
expectTypeOf<Commands["interrupt"]>().returns.toEqualTypeOf<Observable<void>>();
expectTypeOf<CommandHandle["status"]>().returns.toEqualTypeOf<Observable<CommandStatus>>();
expectTypeOf<CommandStatus["finishedAt"]>().toEqualTypeOf<Date | null>();
expectTypeOf<CommandStatus["exitCode"]>().toEqualTypeOf<number | null>();

// A cursor can be kept as text, but not every text is one.
expectTypeOf<LogCursor>().toExtend<string>();
expectTypeOf<string>().not.toExtend<LogCursor>();

// Only a foreground command can be left running by its subscriber.
expectTypeOf<RunOptions>().toHaveProperty("detached");
expectTypeOf<StartOptions>().not.toHaveProperty("detached");
expectTypeOf<SessionRunOptions>().not.toHaveProperty("detached");
expectTypeOf<RunOptions>().toExtend<StartOptions>();

expectTypeOf<Session["run"]>().returns.toEqualTypeOf<Observable<ExecutionEvent>>();
expectTypeOf<Session["delete"]>().returns.toEqualTypeOf<Observable<void>>();
expectTypeOf<ExecutionApi["withSession"]>().toExtend<
  <T>(options: object, project: (session: Session) => ObservableInput<T>) => Observable<T>
>();

expectTypeOf<Code["run"]>().returns.toEqualTypeOf<Observable<ExecutionEvent>>();
expectTypeOf<Code["createContext"]>().returns.toEqualTypeOf<Observable<CodeContext>>();
expectTypeOf<Code["listContexts"]>().returns.toEqualTypeOf<Observable<readonly CodeContext[]>>();
expectTypeOf<Execution["results"]>().toEqualTypeOf<readonly CodeResult[]>();

// A context itself is a target; an id without its language is none: the server would run a shell command.
expectTypeOf<{ readonly context: CodeContext }>().toExtend<CodeTarget>();
expectTypeOf<{ readonly context: { readonly id: string } }>().not.toExtend<CodeTarget>();
expectTypeOf<{ readonly context: CodeContext; readonly language: string }>().not.toExtend<CodeTarget>();

expectTypeOf(stdoutText).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, string>>();
expectTypeOf(stderrText).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, string>>();
expectTypeOf(stdoutLines).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, string>>();
expectTypeOf(stderrLines).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, string>>();
expectTypeOf(outputLines).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, OutputLine>>();
expectTypeOf(exitCode).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, number | null>>();
expectTypeOf(throwOnFailure).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, ExecutionEvent>>();
expectTypeOf(toExecution).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, Execution>>();
expectTypeOf(liveness).returns.toEqualTypeOf<OperatorFunction<ExecutionEvent, Liveness>>();
expectTypeOf(abortWith<number>).returns.toEqualTypeOf<OperatorFunction<number, number>>();

expectTypeOf(executionEnd).parameters.toEqualTypeOf<[event: EndEvent]>();
expectTypeOf<ExecutionEnd["kind"]>().toEqualTypeOf<"exited" | "signalled" | "failed" | "completed">();
expectTypeOf<Extract<ExecutionEnd, { kind: "signalled" }>["probablyTimedOut"]>().toEqualTypeOf<boolean>();
expectTypeOf<Extract<ExecutionEnd, { kind: "failed" }>["error"]>().toEqualTypeOf<ExecutionError>();
