export { CodeInterpreter, type CodeInterpreterCreateOptions } from "./code-interpreter.js";
export {
  DefaultAdapterFactory,
  createDefaultAdapterFactory,
  type AdapterFactory,
  type CreateCodesStackOptions,
} from "./adapter-factory.js";
export type { CodeContext, Codes, RunCodeOpts, RunCodeRequest } from "./codes.js";
export { SupportedLanguages, type SupportedLanguage } from "../models/code.js";
export type {
  Execution,
  ExecutionComplete,
  ExecutionError,
  ExecutionHandlers,
  ExecutionInit,
  ExecutionResult,
  OutputMessage,
} from "../models/execution.js";
