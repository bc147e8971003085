import type { SupportedLanguage } from "../models/code.js";
import type { Execution, ExecutionHandlers, ServerStreamEvent } from "../models/execution.js";

/** A kernel that keeps its state between runs. Without an `id` it is the default one of the language. */
export interface CodeContext {
  id?: string;
  language: SupportedLanguage | (string & {});
}

/** Code, and where to run it. */
export interface RunCodeRequest {
  code: string;
  context: CodeContext;
  /**
   * Seconds without a byte after which a stream that may have died rejects; see `stallTimeoutSeconds` of the client.
   * `null` turns it off.
   */
  stallTimeoutSeconds?: number | null;
}

/**
 * Where code runs, and who is told about it. At most one of `context` and `language`; `python` when there is neither.
 */
export interface RunCodeOpts {
  context?: CodeContext;
  language?: SupportedLanguage;
  /** As in {@link RunCodeRequest}. */
  stallTimeoutSeconds?: number | null;
  handlers?: ExecutionHandlers;
  signal?: AbortSignal;
}

/** Code of one sandbox. An aborted `signal` interrupts the kernel and rejects with the signal's reason, at any time. */
export interface Codes {
  /** Rejects with the code `TIMEOUT` after 60 s, which is how a daemon without a kernel for the language ends. */
  createContext(language: SupportedLanguage): Promise<CodeContext>;
  getContext(contextId: string): Promise<CodeContext>;
  /** The contexts of all languages or of one. */
  listContexts(language?: SupportedLanguage): Promise<CodeContext[]>;
  deleteContext(contextId: string): Promise<void>;
  /** Deletes every context of a language, the default one included. */
  deleteContexts(language: SupportedLanguage): Promise<void>;
  /**
   * Resolves at the end of the stream with everything that the code gave; code that fails is no rejection but has an
   * `error`.
   *
   * Rejects with `session is busy` in the message while the context runs other code, and with the code
   * `STREAM_TRUNCATED` for a run that was lost. There is no `exitCode`: code has none.
   */
  run(code: string, opts?: RunCodeOpts): Promise<Execution>;
  /** The events of one run. Leaving the loop interrupts the kernel. */
  runStream(req: RunCodeRequest, signal?: AbortSignal): AsyncIterable<ServerStreamEvent>;
  /** Interrupts what runs in a context; rejects for an id that the daemon does not know. */
  interrupt(contextId: string): Promise<void>;
}
