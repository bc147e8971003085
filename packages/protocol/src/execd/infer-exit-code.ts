/** What is known of an execution when its stream has ended. */
export interface ExitEvidence {
  /** The error event of the execution, if there was one. */
  readonly error?: { readonly value: string } | null | undefined;
  /** Whether an `execution_complete` event came. */
  readonly complete: boolean;
}

const decimal = /^-?\d+$/;

/**
 * Tells the exit code of a foreground command or a session run (`execd.md` 2.4): the error's value when it is a decimal
 * number, `null` for any other error, 0 for a completion without error, else `null`.
 *
 * Background starts and code runs have no exit code: do not ask for one.
 *
 * @example
 * inferExitCode({ error: { value: "3" }, complete: false }); // => 3
 */
export function inferExitCode({ error, complete }: ExitEvidence): number | null {
  if (error === undefined || error === null) return complete ? 0 : null;
  const text = error.value.trim();
  if (!decimal.test(text)) return null;
  const code = Number(text);
  // Thousands of digits overflow to infinity; "-0" is the code 0.
  return Number.isFinite(code) ? code + 0 : null;
}
