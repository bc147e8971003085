import type { Code, CodeContext as ClientContext, CodeTarget } from "@rxsandbox/client";
import { map } from "rxjs";
import { call } from "../call.js";
import { collectExecution } from "../commands/collect-execution.js";
import { HIGH_WATER_MARK } from "../commands/create-commands.js";
import { followEvents } from "../commands/follow-events.js";
import { InvalidArgumentException } from "../errors/exceptions.js";
import type { ServerStreamEvent } from "../models/execution.js";
import type { CodeContext, Codes, RunCodeRequest } from "./codes.js";

/** Builds the code API of one sandbox; sends nothing. */
export function createCodes(code: Code): Codes {
  const stream = (request: () => RunCodeRequest, signal: AbortSignal | undefined): AsyncIterable<ServerStreamEvent> =>
    followEvents(
      "Run code",
      () => {
        const { code: text, context, stallTimeoutSeconds } = request();
        const stall = stallTimeoutSeconds === undefined ? {} : { stallTimeoutSeconds };
        return code.iterate(text, { ...targetOf(context), ...stall, highWaterMark: HIGH_WATER_MARK });
      },
      signal,
    );
  return {
    createContext: (language) =>
      call("Create code context", () => code.createContext({ language }).pipe(map(toContext))),
    getContext: (contextId) =>
      call("Get code context", () => {
        checkContextId(contextId);
        return code.attachContext(contextId).pipe(map(toContext));
      }),
    listContexts: (language) =>
      call("List code contexts", () =>
        code.listContexts(language ? { language } : {}).pipe(map((contexts) => contexts.map(toContext))),
      ),
    deleteContext: (contextId) =>
      call("Delete code context", () => {
        checkContextId(contextId);
        return code.deleteContext(contextId);
      }),
    deleteContexts: (language) => call("Delete code contexts", () => code.deleteContexts(language)),
    run: async (text, { context, language, stallTimeoutSeconds, handlers, signal } = {}) => {
      const request = (): RunCodeRequest => {
        if (typeof text !== "string" || text.trim() === "") throw wrong("Code cannot be empty");
        if (context !== undefined && language !== undefined)
          throw wrong("Provide either opts.context or opts.language, not both");
        const stall = stallTimeoutSeconds === undefined ? {} : { stallTimeoutSeconds };
        return { code: text, context: context ?? { language: language ?? "python" }, ...stall };
      };
      // Code has no exit code: nothing is inferred from how it ended.
      return collectExecution(stream(request, signal), handlers, true);
    },
    runStream: (request, signal) => stream(() => request, signal),
    interrupt: (contextId) => call("Interrupt code", () => code.interrupt(contextId)),
  };
}

function targetOf({ id, language }: CodeContext): CodeTarget {
  return id === undefined ? { language } : { context: { id, language } };
}

function toContext({ id, language }: ClientContext): CodeContext {
  return { id, language };
}

function checkContextId(contextId: string): void {
  if (typeof contextId !== "string" || contextId.trim() === "") throw wrong("contextId cannot be empty");
}

function wrong(message: string): InvalidArgumentException {
  return new InvalidArgumentException({ message });
}
