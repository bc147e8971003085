import { ProtocolError, isPathId } from "@rxsandbox/transport";

/**
 * A code context: one kernel whose state lives on between runs, until it is deleted or the sandbox ends (`execd.md` 5).
 */
export interface CodeContext {
  readonly id: string;
  /** An open set: what the sandbox's image has a kernel for. */
  readonly language: string;
  /** Where its code runs; `null` when the server does not say. */
  readonly workingDirectory: string | null;
}

/** Reads one context of an answer; throws `protocol`. */
export function readCodeContext(value: unknown): CodeContext {
  const { id, language, cwd } = Object(value) as {
    readonly id?: unknown;
    readonly language?: unknown;
    readonly cwd?: unknown;
  };
  if (!isPathId(id) || typeof language !== "string")
    throw new ProtocolError("the answer has no id and language of a code context");
  return { id, language, workingDirectory: typeof cwd === "string" && cwd !== "" ? cwd : null };
}

/** Reads a list of contexts; throws `protocol`. */
export function readCodeContexts(value: unknown): readonly CodeContext[] {
  if (!Array.isArray(value)) throw new ProtocolError("the answer is not a list of code contexts");
  return value.map(readCodeContext);
}
