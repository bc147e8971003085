import type { Observable, ObservableInput } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { readPathId, type Flow } from "@rxsandbox/transport";
import { completeInBackground, readOptions, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
import { ensureCodeInterrupted, interruptCode } from "../commands/interrupt-command.js";
import { ownConnection } from "../sessions/own-connection.js";
import { iterateEvents } from "../stream/iterate-events.js";
import { runStream } from "../stream/run-stream.js";
import { stallTimeoutMs, type StallOptions } from "../stream/stall-timeout.js";
import { readCodeContext, readCodeContexts, type CodeContext } from "./code-context.js";
import { codeRequest, unitOf, type CodeContextOptions, type CodeTarget } from "./code-options.js";
import { createContext, deleteContext, withContext } from "./create-context.js";

/** Code in kernels that keep their state, in one sandbox (`execd.md` 5). */
export interface Code {
  /**
   * Emits a new context, which lives until it is deleted.
   *
   * Errors: `timeout` after `timeoutSeconds`, which is how a real daemon without a kernel for the language ends;
   * `unsupported` where a server says so; API errors. Unsubscribe before the value deletes what was created; so does
   * the timeout, for an answer that comes within 10 s after it.
   */
  createContext(options: CodeContextOptions): Observable<CodeContext>;
  /**
   * Emits what `project` emits, with a context that lives as long as that: deleted when the inner stream ends (waited
   * for at most 5 s before the end is passed on) and, in the background, on unsubscribe.
   */
  withContext<T>(options: CodeContextOptions, project: (context: CodeContext) => ObservableInput<T>): Observable<T>;
  /** Emits a context that exists, by its id, as `run` takes it. Errors `not-found`. */
  attachContext(contextId: string): Observable<CodeContext>;
  /** @deprecated Use `attachContext`. */
  getContext(contextId: string): Observable<CodeContext>;
  /**
   * Emits the contexts of all languages or of one. Errors `unsupported` for languages that have no contexts, such as
   * `sql`.
   */
  listContexts(filter?: { readonly language?: string }): Observable<readonly CodeContext[]>;
  /** Ends a context and what runs in it. Errors `not-found`. Never aborted once sent. */
  deleteContext(contextId: string): Observable<void>;
  /**
   * Ends all contexts of a language, the default one included; success also when there is none. Never aborted once
   * sent.
   */
  deleteContexts(language: string): Observable<void>;
  /**
   * Runs code in a context, or in the default context of a language, and streams what comes of it.
   *
   * Producer: each subscription runs it once more. A context runs one code at a time. Emits every event in the order of
   * the stream, pings included; text events are chunks as they came. Results, output and even the `error` may follow
   * `execution_complete`, and a result may be missing (`measured.md` 2.3): `toExecution` folds any order to the same.
   * Completes at the end of the body when a terminal event came: with an `error` event the code failed, else it
   * completed. Errors: `invalid-state` (retryable) when the context is busy, `not-found` for an unknown one,
   * `unsupported` for a language without kernel and where a lost run could not be ruled out, `stream-truncated`,
   * `stream-stalled`, `execution-failed`, `protocol`, `event-too-large`, `network`, API errors. Unsubscribe stops
   * delivery and interrupts the kernel, which ends whatever runs in that context; the context stays. Before its id is
   * known the stream is read on for it in the background (10 s, 64 KiB). A failed interrupt is reported as
   * `cleanup-failed`.
   */
  run(code: string, target: CodeTarget & StallOptions): Observable<ExecutionEvent>;
  /**
   * The pull form of {@link Code.run}: each iteration runs the code once more; leaving the loop interrupts the kernel
   * as an unsubscribe does. Bounds: `highWaterMark` events, 1024 when absent, and one chunk; beyond that the socket is
   * paused.
   */
  iterate(
    code: string,
    target: CodeTarget & StallOptions & { readonly highWaterMark?: number },
  ): AsyncIterable<ExecutionEvent>;
  /**
   * Interrupts what runs in a context, by its id, which is that of `init`. Errors when the server does not know the id.
   * Never aborted once sent.
   */
  interrupt(contextId: string): Observable<void>;
}

/** Builds the code API of one sandbox; sends nothing. */
export function createCode(connection: SandboxConnection): Code {
  const { api, cleanupApi } = connection;

  function prepare(
    code: string,
    target: CodeTarget & StallOptions,
  ): (onFlow?: (flow: Flow) => void) => Observable<ExecutionEvent> {
    const json = codeRequest(code, target);
    const stallMs = stallTimeoutMs(target);
    const closeConnection = ownConnection("Run code", connection);
    return (onFlow) =>
      runStream(connection, {
        call: { what: "Run code", method: "POST", path: "/code", json, closeConnection },
        unit: unitOf(json),
        source: json.code,
        stallTimeoutMs: stallMs,
        // A disconnect does not interrupt the kernel (`execd.md` 5).
        interrupt: (id) => ensureCodeInterrupted(cleanupApi, id),
        subject: "context",
        toBodyEnd: true,
        onFlow,
      });
  }

  function attachContext(contextId: string): Observable<CodeContext> {
    const path = `/code/contexts/${encodeURIComponent(readPathId("contextId", contextId))}`;
    return api.json({ what: "Get code context", method: "GET", path }, readCodeContext);
  }

  return {
    createContext: (options) => createContext(connection, options),
    withContext: (options, project) => withContext(connection, options, project),
    attachContext,
    getContext: attachContext,
    listContexts: (filter = {}) => {
      const query = readOptions(filter, { language: readText });
      return api.json({ what: "List code contexts", method: "GET", path: "/code/contexts", query }, readCodeContexts);
    },
    deleteContext: (contextId) => {
      const id = readPathId("contextId", contextId);
      return completeInBackground(connection, { kind: "context", id }, (open) => deleteContext(open, id));
    },
    deleteContexts: (language) => {
      const query = { language: readText("language", language) };
      return completeInBackground(connection, { kind: "context", id: `of language ${language}` }, (open) =>
        open.empty({ what: "Delete code contexts", method: "DELETE", path: "/code/contexts", query }),
      );
    },
    run: (code, target) => prepare(code, target)(),
    iterate: (code, options) => {
      const { highWaterMark, ...target } = options ?? {};
      return iterateEvents(prepare(code, target as CodeTarget), highWaterMark);
    },
    interrupt: (contextId) => {
      const id = readPathId("contextId", contextId);
      return completeInBackground(connection, { kind: "context", id }, (open) => interruptCode(open, id));
    },
  };
}
