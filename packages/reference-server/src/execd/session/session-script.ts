import { quoteShell } from "./export-dump.js";

/** What a session carries from run to run (`execd.md` 4, Persists). */
export interface SessionState {
  readonly variables: ReadonlyMap<string, string>;
  /** Absent until a run or the creation set one. */
  readonly cwd?: string;
}

/** Lines by which a script reports its end; the same lines in output are swallowed (`execd.md` 2.3). */
export const MARKERS = {
  dumpStart: "__ENV_DUMP_START__",
  dumpEnd: "__ENV_DUMP_END__",
  exitCode: "__EXIT_CODE__:",
  cwd: "__PWD__:",
} as const;

/**
 * The script of one run: variables, working directory, the command, and a trailer that dumps what persists.
 *
 * A command that exits by itself skips the trailer and so loses its changes (`execd.md` 4, `exit N`).
 */
export function sessionScript(command: string, state: SessionState, base: Readonly<Record<string, string>>): string {
  const unset = Object.keys(base).filter((name) => !state.variables.has(name) && /^[A-Za-z_]\w*$/.test(name));
  return [
    ...[...state.variables].map(([name, value]) => `export ${name}=${quoteShell(value)}`),
    ...(unset.length === 0 ? [] : [`unset ${unset.join(" ")}`]),
    ...(state.cwd === undefined ? [] : [`cd ${quoteShell(state.cwd)}`]),
    command,
    ...TRAILER,
    "",
  ].join("\n");
}

const TRAILER = [
  "{ __execd_status=$?; set +x; } 2>/dev/null",
  `printf '\\n%s\\n' ${MARKERS.dumpStart}`,
  "export -p",
  `printf '%s\\n' ${MARKERS.dumpEnd} "${MARKERS.cwd}$(pwd)" "${MARKERS.exitCode}$__execd_status"`,
  'exit "$__execd_status"',
];
