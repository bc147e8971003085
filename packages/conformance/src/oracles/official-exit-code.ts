/** What the inference port is asked (`execd.md` 2.4): the parts of an execution that an exit code can be told from. */
export interface InferableExecution {
  readonly error: { readonly name: string; readonly value: string; readonly traceback: readonly string[] } | null;
  readonly complete: { readonly executionTimeMs: number } | null;
}

/**
 * The official rule: of an error the value, when it is a decimal integer with any white space around, and else nothing;
 * without an error 0 when the execution is complete, and else nothing.
 */
export function officialExitCode({ error, complete }: InferableExecution): number | null {
  if (error === null) return complete === null ? null : 0;
  const digits = /^\s*(-?\d+)\s*$/.exec(error.value)?.[1];
  const code = Number(digits ?? Number.NaN);
  // Thousands of digits are infinite; "-0" is 0.
  return Number.isFinite(code) ? code + 0 : null;
}
